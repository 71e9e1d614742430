"""Names the codes that rows hold: state, category, place, division, in the reader's language."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext

from liftwarden.casework.hazards.deadlines import PlaceScope
from liftwarden.casework.hazards.lifecycles import Overlay, State, VisitState
from liftwarden.casework.hazards.models import EvidenceKind, FinderKind, ServiceOutcome
from liftwarden.casework.hazards.rules import Cell, Cohort, CorrectionKind, Way
from liftwarden.casework.hazards.vocabulary import vocabulary
from liftwarden.casework.registry import catalogue
from liftwarden.casework.registry.rules import Datum, PartyRole, UseState
from liftwarden.ground.divisions.tree import Tree
from liftwarden.ground.parties.models import BodyKind
from liftwarden.ground.parties.permissions import roles
from liftwarden.kernel.choices import Choice
from liftwarden.oversight.returns.deadlines import Receipt
from liftwarden.oversight.returns.filled import Stage


def _choice(kind: type[Choice]) -> Callable[[str], str]:
    """Name a member of a closed set; a code that a later version wrote is shown as it stands, never a fault."""
    return lambda value: kind(value).label if value in kind.values() else value


def _word(listed: str) -> Callable[[str], str]:
    def name(code: str) -> str:
        told = vocabulary()[listed].get(code, code)
        return str(told["label"] if isinstance(told, dict) else told)

    return name


def _place(code: str) -> str:
    place = catalogue.places().get(code)
    return place.label if place else code


NAMES: dict[str, Callable[[str], str]] = {
    "state": _choice(State),
    "stage": _choice(Stage),
    "receipt": _choice(Receipt),
    "overlay": _choice(Overlay),
    "finder": _choice(FinderKind),
    "evidence": _choice(EvidenceKind),
    "service": _choice(ServiceOutcome),
    "visit": _choice(VisitState),
    "scope": _choice(PlaceScope),
    "cell": _choice(Cell),
    "cohort": _choice(Cohort),
    "correction": _choice(CorrectionKind),
    "way": _choice(Way),
    "datum": _choice(Datum),
    "party": _choice(PartyRole),
    "use": _choice(UseState),
    "body-kind": _choice(BodyKind),
    "role": lambda code: roles()[code].label if code in roles() else code,
    "category": _word("categories"),
    "cause": _word("causes"),
    "blocker": _word("blockers"),
    "scheme": _word("schemes"),
    "place": _place,
    "catalogue": lambda code: catalogue.catalogues().get(code, code),
}


def named(value: object, kind: str) -> str:
    """Name a stored code; a blank has no name."""
    return gettext(NAMES[kind](str(value))) if value not in (None, "") else ""


def grade(scheme: str, code: str) -> str:
    """Name a grade, which is always (scheme, grade)."""
    told: dict[str, Any] = vocabulary()["schemes"].get(scheme, {})
    return gettext(str(told.get("grades", {}).get(code, code)))


def division_name(code: str, tree: Tree) -> str:
    """Name a division with those above it."""
    return tree.full_name(code) or tree.name(code)
