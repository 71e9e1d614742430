"""Keys made before the insert: UUIDv7, so that they grow with time and indexes stay dense."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_key() -> UUID:
    """Make a new key."""
    return uuid7()
