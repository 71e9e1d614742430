"""How a value becomes text in an entry, and an entry becomes bytes for its hash; pure and versioned."""

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

VERSION = 1
GENESIS = hashlib.sha256("梯安 LiftWarden journal 1".encode()).hexdigest()

AS_IT_IS = frozenset((str, int, bool, type(None)))

_encoder = msgspec.json.Encoder(order="deterministic")


def plain(value: Any) -> Any:
    """Turn a column's value into its one JSON form.

    Raises:
        TypeError: for a type that no folded column may have.

    """
    if type(value) in AS_IT_IS:  # the quick way for most columns of most rows
        return value
    match value:
        case bool() | int():
            return value
        case str():
            return str(value)
        case UUID():
            return value.hex
        case datetime():
            return _moment(value)
        case date():
            return value.isoformat()
        case Decimal():
            # 1.5 and 1.500 are one value, whichever the database gives back; so is -0.
            return format(value.normalize() + 0, "f")
        case float():
            return repr(value)
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
    raise TypeError(f"a {type(value).__name__} has no journal form")


@lru_cache(4_000)
def _moment(value: datetime) -> str:
    """Write a moment in UTC; a transaction's entries share theirs, so it is kept."""
    return value.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def canonical(changes: dict[str, Any]) -> str:
    """Write plain values as canonical JSON: keys sorted, no blanks, UTF-8."""
    return _encoder.encode(changes).decode()


def digest(row: tuple[Any, ...]) -> bytes:
    """Hash one entry: every column, in the order of `COLUMNS`, in plain form."""
    return digest_of_plain([plain(value) for value in row])


def digest_of_plain(values: list[Any]) -> bytes:
    """Hash one entry whose columns are in plain form already."""
    return hashlib.sha256(_encoder.encode(values)).digest()


def headless(row: tuple[Any, ...]) -> bytes:
    """Write all of an entry but its number, so that its digest can be finished once the number is known."""
    return _encoder.encode([plain(value) for value in row])


def finished(number: int, rest: bytes) -> bytes:
    """Hash an entry from its number and what `headless` wrote; equals `digest` of the whole."""
    return hashlib.sha256(b"[%d," % number + rest[1:]).digest()


def linked(previous: str, entry_digest: bytes) -> str:
    """Bind an entry to the hash before it."""
    return hashlib.sha256(bytes.fromhex(previous) + entry_digest).hexdigest()


COLUMNS = (
    "id",
    "version",
    "event",
    "subject_kind",
    "subject_id",
    "about_kind",
    "about_id",
    "division",
    "happened_at",
    "learned_at",
    "by_post",
    "channel",
    "reason",
    "changes",
)
