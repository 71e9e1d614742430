"""A small world for the REST tests: two officers and an administrator in one district, one lift with one problem."""

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from liftwarden.ground.parties.models import Post
from tests.factories import XIHU, a_lift, a_post, a_problem, day
from tests.factories import an_actor as an_actor_of
from tests.promises.knocking import signed_in


@dataclass
class Rest:
    """A signed-in caller with one lift and one problem to act on."""

    client: Client
    login: str
    lift: str
    problem: str
    second: str

    def post(self, path: str, body: Any, **headers: str) -> Any:
        """Send a body as JSON."""
        text = body if isinstance(body, str) else json.dumps(body)
        return self.client.post(f"/api/v1{path}", text, content_type="application/json", headers=headers)

    def get(self, path: str, **headers: str) -> Any:
        """Ask for an address."""
        return self.client.get(f"/api/v1{path}", headers=headers)


def a_rest(role: str = "inspector") -> Rest:
    """Set up a caller, a lift and a problem."""
    post: Post = a_post(role, division=XIHU)
    login = post.person.user.get_username()
    lift = a_lift(division=XIHU)
    problem = a_problem(lift, by=an_actor_of("chief"), found=day("2017-02-01"))
    second = a_post("inspector", division=XIHU)
    return Rest(signed_in(login), login, str(lift.pk), str(problem.pk), str(second.pk))
