"""What the promise tests share: a world that is built once for a module, and a clock that stands still at the door."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from tests.promises import world as worlds


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[worlds.World]:
    """Build the world in a transaction around the whole module, and take it back at its end."""
    yield from worlds.within_a_transaction(django_db_blocker)


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every request arrive at the world's own moment, so that no answer differs by the passing time."""
    monkeypatch.setattr("liftwarden.doors.threshold.who.now", lambda: worlds.NOW)


@pytest.fixture(scope="session", autouse=True)
def static_folder() -> None:
    """Make the folder that whitenoise warns about when `collectstatic` has not run."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
