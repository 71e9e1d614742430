"""One turn of the clock, and turning until told to stop: shared by the clock and the command line."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event

from django.db import connections

from liftwarden.casework.hazards import actions as hazards
from liftwarden.ground.journal.actions import Hand

log = logging.getLogger(__name__)
EVERY_SECONDS = 60.0


@dataclass(frozen=True)
class Ticked:
    """What one turn did: reminders raised and settled, by kind."""

    at: datetime
    raised: Mapping[str, int]
    settled: Mapping[str, int]


def tick(now: datetime) -> Ticked:
    """Raise what is overdue at a moment and settle what no longer is; safe beside any number of other clocks."""
    risen = hazards.raise_overdue(by=Hand(None, "clock", now), at=now)
    return Ticked(now, risen.raised, risen.settled)


def turn(stop: Event, *, every_seconds: float = EVERY_SECONDS, tell: Callable[[Ticked], None]) -> None:
    """Turn until told to stop; a turn that fails is logged and the next one tries again with fresh connections."""
    while not stop.is_set():
        try:
            ticked = tick(datetime.now(UTC))
        except Exception:
            log.exception("a turn of the clock failed")
            connections.close_all()
        else:
            if ticked.raised or ticked.settled:
                tell(ticked)
        stop.wait(every_seconds)
