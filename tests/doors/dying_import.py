"""Runs one command in a process that kills itself at the N-th statement it sends to the database (0: never).

python -m tests.doors.dying_import N import-lifts FILE ...
"""

import os
import signal
import sys
from datetime import UTC, datetime
from typing import Any

import django


def main() -> None:
    django.setup()
    from django.db import connection

    from liftwarden.casework.registry.importing import staging
    from liftwarden.doors.cli import main as cli
    from liftwarden.doors.cli import speech
    from liftwarden.ground.parties import queries as parties
    from tests.factories import NOW

    staging.CHUNK = 50
    left = int(sys.argv[1])

    def counting(execute: Any, *told: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*told)

    # The same moment in every run, so that the end can be compared row by row.
    speech.actor = lambda login, wanting=None: parties.actor(login, channel="cli", now=NOW, wanting=wanting)  # type: ignore[assignment]
    assert datetime.now(UTC) > NOW
    with connection.execute_wrapper(counting):
        code = cli.run(sys.argv[2:])
    sys.stderr.write(f"{left}\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
