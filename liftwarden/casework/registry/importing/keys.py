"""Keys of what an import makes, fixed by the import and the row, so that a row staged twice is one lift; pure.

A job's key is a UUIDv7, in time order; its lifts take the upper 96 bits and count on in the lower 32, so that they too
lie in order, one beside the other, in every index.
"""

import hashlib
from uuid import UUID

from liftwarden.casework.registry.rules import PartyRole

SLOTS = 16
MOST_ROWS = 2**32 // SLOTS - 1
UPPER = (2**128 - 1) ^ (2**32 - 1)
ROLES = PartyRole.values()


def texts(job: UUID, row: int) -> tuple[str, tuple[str, ...]]:
    """Give the keys of a row's lift and of its parties (in the order of `ROLES`) as the journal writes them.

    The same as `lift_key` and `party_key`, without a UUID made for each.
    """
    start = (job.int & UPPER) | row * SLOTS
    return f"{start:032x}", tuple(f"{start + 1 + place:032x}" for place in range(len(ROLES)))


def lift_key(job: UUID, row: int) -> UUID:
    """Give the key of the lift that a row of the file becomes."""
    return UUID(int=(job.int & UPPER) | row * SLOTS)


def party_key(job: UUID, row: int, role: PartyRole) -> UUID:
    """Give the key of a party of that lift."""
    return UUID(int=(job.int & UPPER) | (row * SLOTS + 1 + ROLES.index(str(role))))


def body_key(job: UUID, kind: str, credit: str | None, name: str) -> UUID:
    """Give the key of a body that the import puts on file: fixed by what it is, whichever row names it first."""
    told = hashlib.sha256(f"{kind}\n{credit or ''}\n{'' if credit else name}".encode()).digest()
    lower = (job.int & (2**64 - 2**62)) | (int.from_bytes(told[:8], "big") >> 2)
    return UUID(int=(job.int >> 64 << 64) | lower)


def row_of(key: UUID) -> int:
    """Tell from which row a lift of an import came."""
    return (key.int & (2**32 - 1)) // SLOTS


def span(job: UUID) -> tuple[UUID, UUID]:
    """Give the first and last key that a lift of the job may have."""
    return UUID(int=job.int & UPPER), UUID(int=(job.int & UPPER) | (2**32 - 1))
