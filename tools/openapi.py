"""Writes docs/openapi.json, the description of the REST door, or checks that it is up to date (`--check`)."""

import json
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "openapi.json"


def rendered() -> str:
    """Give the description as it is committed: sorted and indented, so that a change shows as a small difference."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("LIFTWARDEN_HOME", tempfile.mkdtemp(prefix="liftwarden-openapi-"))
    os.environ.setdefault("LIFTWARDEN_SECRET_KEY", "not-a-secret")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liftwarden.settings")
    import django

    django.setup()
    from liftwarden.doors.api.main import api

    return (
        json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    )


def main(argv: list[str]) -> int:
    """Write or check; 1 where the committed description is not what the code says."""
    text = rendered()
    if "--check" not in argv:
        TARGET.write_text(text, encoding="utf-8")
        return 0
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(
        "docs/openapi.json is not what the routes say: run `python tools/openapi.py` and look at the difference\n"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
