"""The clock: at every turn it lets what is overdue rise, and nothing else; `python -m liftwarden.doors.clock.main`."""

import logging
import os
import signal
from threading import Event

import django

log = logging.getLogger(__name__)


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liftwarden.settings")
    django.setup()
    from liftwarden.doors.threshold import turning

    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    turning.turn(stop, tell=lambda ticked: log.info("raised %s, settled %s", ticked.raised, ticked.settled))


if __name__ == "__main__":
    main()
