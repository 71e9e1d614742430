"""What may be chosen in a field: the vocabulary, the catalogue, bodies and colleagues within reach."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from liftwarden.casework.hazards import queries as hazards
from liftwarden.casework.hazards import rules
from liftwarden.casework.hazards.lifecycles import PROBLEM, Action, State
from liftwarden.casework.hazards.overdue import Rising
from liftwarden.casework.hazards.vocabulary import schemes, schemes_on, vocabulary
from liftwarden.casework.registry import catalogue
from liftwarden.casework.registry import queries as registry
from liftwarden.doors.threshold.deed import Deed
from liftwarden.doors.threshold.deeds.registry import LiftFields
from liftwarden.doors.web import naming
from liftwarden.doors.web.templatetags.words import number
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.divisions.tree import ROOT
from liftwarden.ground.parties import queries as parties
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission, roles
from liftwarden.kernel.choices import Choice
from liftwarden.kernel.periods import day_in_shanghai

DIVISION = "division"
MOST_BODIES = 200
MOST_PROBLEMS = 100
MOST_DIVISIONS = 400
MOST_ROWS = 100
BASELINE_ON = rules.programmes()["2017"].baseline_on


@dataclass(frozen=True)
class Option:
    """One thing to choose."""

    value: str
    label: str


@dataclass(frozen=True)
class Group:
    """Options under one heading; the heading may be blank."""

    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Asking:
    """Who asks for the choices of which deed, narrowed by what."""

    deed: Deed
    by: Actor
    asked: Mapping[str, str]


def offered(deed: Deed, name: str, bare: Any, *, by: Actor, asked: Mapping[str, str]) -> tuple[Group, ...]:
    """List what may be chosen in a field; nothing where it is typed freely."""
    if isinstance(bare, type) and issubclass(bare, Choice):
        return _plain((str(one), one.label) for one in bare)
    provider = PROVIDERS.get(name)
    return provider(Asking(deed, by, asked)) if provider and (bare is UUID or name not in KEYED) else ()


def _plain(pairs: Iterable[tuple[str, str]]) -> tuple[Group, ...]:
    return (Group("", tuple(Option(value, gettext(label)) for value, label in pairs)),)


def _vocabulary(listed: str) -> Callable[[Asking], tuple[Group, ...]]:
    return lambda asking: _plain((code, naming.NAMES[listed](code)) for code in vocabulary()[LISTS[listed]])


LISTS = {"category": "categories", "cause": "causes", "blocker": "blockers"}


def _grades(asking: Asking) -> tuple[Group, ...]:
    """List (scheme, grade); where a deed takes no scheme, what it files is from before the baseline day."""
    if "grade_scheme" not in asking.deed.fields.model_fields:
        return tuple(
            Group(gettext(told.label), tuple(Option(one, gettext(name)) for one, name in told.grades.items()))
            for told in schemes_on(BASELINE_ON)
        )
    return tuple(
        Group(gettext(told.label), tuple(Option(f"{code}:{one}", gettext(name)) for one, name in told.grades.items()))
        for code, told in schemes().items()
    )


def _grade_items(asking: Asking) -> tuple[Group, ...]:
    return tuple(
        Group(gettext(told.label), tuple(Option(code, gettext(name)) for code, name in told.items.items()))
        for told in schemes().values()
        if told.items
    )


def _varieties(asking: Asking) -> tuple[Group, ...]:
    return tuple(
        Group(
            gettext(label),
            tuple(
                Option(f"{listed}:{code}", f"{code} {gettext(name)}" if code.isdigit() else gettext(name))
                for (held, code), name in catalogue.varieties().items()
                if held == listed
            ),
        )
        for listed, label in catalogue.catalogues().items()
    )


def _places(asking: Asking) -> tuple[Group, ...]:
    return _plain((code, place.label) for code, place in catalogue.places().items())


def _bodies(asking: Asking) -> tuple[Group, ...]:
    rows = parties.bodies(asking.by)
    if name := asking.asked.get("body_name", "").strip():
        rows = rows.filter(name__icontains=name)
    told: dict[str, list[Option]] = {}
    for body in rows.order_by("kind", "name", "id")[:MOST_BODIES]:
        told.setdefault(body.kind, []).append(Option(str(body.pk), body.name))
    return tuple(Group(naming.named(kind, "body-kind"), tuple(listed)) for kind, listed in told.items()) or (
        Group("", ()),
    )


def _officers(asking: Asking) -> tuple[Group, ...]:
    posts = parties.colleagues(asking.by, permission=Permission.HAZARD_ORDER)
    return _plain((str(post.pk), f"{post.person.name}（{gettext(roles()[post.role].label)}）") for post in posts)


def _roles(asking: Asking) -> tuple[Group, ...]:
    return _plain((code, role.label) for code, role in roles().items())


def _problems(asking: Asking) -> tuple[Group, ...]:
    """List the problems that an instruction may name: those picked on the work list, or the most pressing."""
    picked = [UUID(text) for text in asking.asked.get("problems", "").split() if _is_key(text)]
    if picked:
        rows = list(hazards.problems(asking.by).filter(pk__in=picked).order_by("found_at", "id")[:MOST_PROBLEMS])
    else:
        on = day_in_shanghai(asking.by.now)
        rows = [due.problem for due in hazards.worklist(asking.by, on=on, limit=MOST_PROBLEMS)]
    rows = [row for row in rows if Action.ORDER in PROBLEM.allowed(State(row.state))]
    lifts = registry.lifts_by_id({row.lift_id for row in rows}, by=asking.by)
    return (Group("", tuple(Option(str(row.pk), _problem_label(row, lifts.get(row.lift_id))) for row in rows)),)


def _problem_label(problem: Any, lift: Any) -> str:
    where = f"{number(lift)} {lift.estate} {lift.address} {lift.internal_no}" if lift else ""
    return " ".join((*where.split(), f"— {naming.named(problem.category, 'category')}：{problem.description}"))


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _divisions(asking: Asking) -> tuple[Group, ...]:
    """List the divisions a post works with: its own tree; for a transfer, all of its province."""
    tree, by = divisions.tree(), asking.by
    codes = by.codes
    if asking.deed.name in ("transfer-file", "move-lift"):
        above = [code for code in tree.path(by.division) if code != ROOT]
        codes = tree.below(above[-1]) if above else by.codes
    today = day_in_shanghai(by.now)
    held = sorted(code for code in codes if code != ROOT and _stands(code, today))
    return (Group("", tuple(Option(code, tree.full_name(code)) for code in held[:MOST_DIVISIONS])),)


def _stands(code: str, today: date) -> bool:
    return bool(divisions.tree().path(code, on=today))


def _clearable(asking: Asking) -> tuple[Group, ...]:
    return _plain((name, gettext(field.title or name)) for name, field in LiftFields.model_fields.items())


def _people(asking: Asking) -> tuple[Group, ...]:
    rows = parties.appointable(asking.by)[:MOST_ROWS]
    return _plain((str(row.pk), f"{row.name}（{row.user.get_username()}）") for row in rows)


def _visits(asking: Asking) -> tuple[Group, ...]:
    rows = list(hazards.visits(asking.by).filter(state__in=hazards.UNVISITED).select_related("plan")[:MOST_ROWS])
    lifts = registry.lifts_by_id({row.lift_id for row in rows}, by=asking.by)
    return (Group("", tuple(Option(str(row.pk), _visit_label(row, lifts.get(row.lift_id))) for row in rows)),)


def _visit_label(visit: Any, lift: Any) -> str:
    where = f"{number(lift)} {lift.estate} {lift.address} {lift.internal_no}" if lift else ""
    return " ".join((*where.split(), f"— {visit.plan.name}（{visit.due_on.isoformat()}）"))


def _periods(asking: Asking) -> tuple[Group, ...]:
    rows = hazards.guarantee_periods(asking.by).filter(revoked_at__isnull=True)[:MOST_ROWS]
    return _plain((str(row.pk), f"{row.name}（{row.from_on.isoformat()}–{row.to_on.isoformat()}）") for row in rows)


def _reminders(asking: Asking) -> tuple[Group, ...]:
    rows = list(hazards.reminders(asking.by).filter(kind=Rising.OBSERVATION)[:MOST_ROWS])
    lifts = registry.lifts_by_id({row.lift_id for row in rows}, by=asking.by)
    told = ((row, lifts.get(row.lift_id)) for row in rows)
    return _plain((str(row.pk), f"{number(lift) if lift else ''} {row.due_on.isoformat()}") for row, lift in told)


# Chosen by key; the same word may be typed freely elsewhere (the period of a return is 2017-06).
KEYED = frozenset({"visit", "period", "guarantee", "reminder", "body", "person"})
PROVIDERS: dict[str, Callable[[Asking], tuple[Group, ...]]] = {
    "category": _vocabulary("category"),
    "cause": _vocabulary("cause"),
    "blocker": _vocabulary("blocker"),
    "grade": _grades,
    "grade_item": _grade_items,
    "variety": _varieties,
    "place": _places,
    "body": _bodies,
    "clear": _clearable,
    "person": _people,
    "second_officer": _officers,
    "role": _roles,
    "problems": _problems,
    "division": _divisions,
    "visit": _visits,
    "period": _periods,
    "guarantee": _periods,
    "reminder": _reminders,
}
