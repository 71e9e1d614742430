"""Photos and files that are kept: re-encoded, stored by the digest of their bytes, whole or absent."""
