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


@pytest.fixture(scope="session", autouse=True)
def flush_of_an_append_only_database() -> Iterator[None]:
    """Let the flush after a transactional test empty the journal, then stand guards and divisions up again."""
    from django.db import connection
    from django.test import TransactionTestCase

    from liftwarden.ground.journal import guards
    from tests import factories

    flush = TransactionTestCase._fixture_teardown

    def flushed(self: TransactionTestCase) -> None:
        guards.lift(connection)
        flush(self)
        guards.install(connection)
        factories.load_divisions()

    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", flushed)
    yield
    patch.undo()
