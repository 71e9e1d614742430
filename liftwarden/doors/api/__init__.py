"""REST, described by OpenAPI."""
