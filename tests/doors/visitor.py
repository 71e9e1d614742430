"""Someone who has signed in and looks at pages."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.models import Body
from tests.factories import XIHU, an_actor


@dataclass(frozen=True)
class Visitor:
    """A signed-in browser and who sits before it."""

    client: Client
    actor: Actor

    def get(self, address: str, **more: Any) -> Any:
        """Open a page."""
        return self.client.get(address, **more)

    def post(self, address: str, data: Any = None, **more: Any) -> Any:
        """Send a form."""
        return self.client.post(address, data or {}, **more)

    def text(self, address: str) -> str:
        """Open a page that is there and give what it says."""
        answer = self.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return str(answer.content.decode())


def a_visitor(role: str = "chief", *, division: str = XIHU, body: Body | None = None) -> Visitor:
    """Sign a fresh post in; its now is the real now, as the pages' is."""
    actor = an_actor(role, division=division, body=body, now=datetime.now(UTC))
    client = Client()
    client.force_login(get_user_model().objects.get(username=actor.login))
    return Visitor(client, actor)
