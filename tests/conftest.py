"""Runs the suite on SQLite, or on PostgreSQL under `tools/with_postgres.py`; shuts the network but for loopback."""

import os
import socket
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest

os.environ.setdefault("LIFTWARDEN_HOME", tempfile.mkdtemp(prefix="liftwarden-test-"))
os.environ.setdefault("LIFTWARDEN_SECRET_KEY", "tests-only")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liftwarden.settings")


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse any connection that leaves this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> Any:
        host = address[0] if isinstance(address, tuple) else "unix"
        if host not in ("127.0.0.1", "::1", "localhost", "unix"):
            raise AssertionError(f"a test tried to reach {host}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Load the tree of divisions once into the test database."""
    from tests import factories

    with django_db_blocker.unblock():
        factories.load_divisions()
    yield


@pytest.fixture(autouse=True)
def guards_lifted_for_flush(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let a transactional test's flush empty the journal, then put the guards back and the divisions in again."""
    yield
    marker = request.node.get_closest_marker("django_db")
    if marker is not None and marker.kwargs.get("transaction"):
        from django.db import connection

        from liftwarden.ground.journal import guards

        guards.lift(connection)


@pytest.fixture(autouse=True)
def guards_restored(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run around the database fixtures: after a flush, stand everything up again."""
    marker = request.node.get_closest_marker("django_db")
    transactional = marker is not None and marker.kwargs.get("transaction")
    if transactional:
        request.getfixturevalue("restore_after_flush")
    yield


@pytest.fixture
def restore_after_flush(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Put guards and divisions back once the flush is over; set up before `transactional_db`, torn down after it."""
    yield
    from django.db import connection

    from liftwarden.ground.journal import guards
    from tests import factories

    with django_db_blocker.unblock():
        guards.install(connection)
        factories.load_divisions()
