"""Doors are tested through whole requests: the folder of static files is there, as `liftwarden setup` makes it."""

import pytest
from django.conf import settings


@pytest.fixture(autouse=True, scope="session")
def folder_of_static_files() -> None:
    """Make the folder that the server would complain about."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
