"""Draws a sample that anyone can draw again from the same seed and the same lifts; pure."""

import hashlib
import math
from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID


def drawn(lifts: Iterable[UUID], *, seed: int, size: int) -> tuple[UUID, ...]:
    """Draw `size` lifts without repeats: those whose SHA-256 of "seed:key" comes first.

    The draw depends on nothing else: neither on the order of the lifts nor on a library's random generator. A larger
    sample with the same seed holds the smaller one.
    """
    ranked = sorted(set(lifts), key=lambda lift: (hashlib.sha256(f"{seed}:{lift.hex}".encode()).digest(), lift))
    return tuple(ranked[:size])


def size_of_share(count: int, share: Decimal) -> int:
    """Tell how many lifts a share (0 to 1) of so many is, rounded up."""
    return math.ceil(count * share)
