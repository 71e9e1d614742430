"""The dated tree of administrative divisions, by parent link."""
