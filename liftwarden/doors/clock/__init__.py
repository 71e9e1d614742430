"""The passing hour: what rises by itself."""
