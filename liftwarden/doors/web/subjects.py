"""What a deed is done to, as a page shows it: loaded within reach, with its card and address."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.urls import reverse

from liftwarden.casework.hazards import queries as hazards
from liftwarden.casework.registry import queries as registry
from liftwarden.ground.parties import queries as parties
from liftwarden.ground.parties.actor import Actor
from liftwarden.kernel.refusals import NotFound
from liftwarden.oversight.returns import queries as returns


@dataclass(frozen=True)
class Subject:
    """One thing a deed is done to."""

    kind: str
    row: Any
    url: str
    shown: dict[str, Any] = field(default_factory=dict)

    @property
    def card(self) -> str:
        """The partial that shows it."""
        return f"deeds/_{self.kind}.html"


@dataclass(frozen=True)
class Keyed:
    """What a deed is done to, known by its key alone."""

    pk: UUID


def subject_of(kind: str, key: UUID, *, by: Actor) -> Subject:
    """Load what a deed is done to.

    Raises:
        NotFound: if there is none within reach.

    """
    return SUBJECTS[kind](key, by)


def _lift(key: UUID, by: Actor) -> Subject:
    lift = registry.lift(key, by=by)
    return Subject("lift", lift, reverse("lift", args=[key]), {"lift": lift})


def _problem(key: UUID, by: Actor) -> Subject:
    problem = hazards.problem(key, by=by)
    shown = {"problem": problem, "lift": _lift_of(problem.lift_id, by)}
    return Subject("problem", problem, reverse("problem", args=[key]), shown)


def _file(key: UUID, by: Actor) -> Subject:
    file = hazards.file(key, by=by)
    shown = {"file": file, "lift": _lift_of(file.lift_id, by)}
    return Subject("file", file, reverse("file", args=[key]), shown)


def _instruction(key: UUID, by: Actor) -> Subject:
    instruction = hazards.instruction(key, by=by)
    names = parties.body_names([instruction.body_id] if instruction.body_id else [])
    shown = {"instruction": instruction, "body": "、".join(names.values())}
    return Subject("instruction", instruction, reverse("instruction", args=[key]), shown)


def _post(key: UUID, by: Actor) -> Subject:
    if parties.division_of_post(key) not in by.codes:
        raise NotFound(what="岗位")
    label = parties.post_labels([key]).get(key, "")
    return Subject("post", Keyed(key), reverse("home"), {"label": label})


def _lift_of(lift_id: UUID, by: Actor) -> Any:
    """Give the lift where it is within reach: a file may lie in another division than its lift."""
    return registry.lifts_by_id([lift_id], by=by).get(lift_id)


def _filing(key: UUID, by: Actor) -> Subject:
    held = returns.one(key, by=by)
    return Subject("filing", held, reverse("return", args=[key]), {"filing": held})


# A room that comes later adds its loader here; until then its deeds have no page.
SUBJECTS: dict[str, Callable[[UUID, Actor], Subject]] = {
    "lift": _lift,
    "problem": _problem,
    "file": _file,
    "instruction": _instruction,
    "post": _post,
    "filing": _filing,
}
