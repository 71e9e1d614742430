"""Asks the registry, for a whole file at once, which lifts bear its numbers and which bodies bear its names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from liftwarden.casework.registry.importing.checking import Claim
from liftwarden.casework.registry.importing.mapping import UNIQUE
from liftwarden.casework.registry.models import ImportJob, JobState, Lift
from liftwarden.casework.registry.rules import PartyRole
from liftwarden.ground.parties import queries as parties
from liftwarden.ground.parties.models import BodyKind

BLOCK = 5_000
KINDS = {
    PartyRole.OWNER: BodyKind.USE_UNIT,
    PartyRole.USE_UNIT: BodyKind.USE_UNIT,
    PartyRole.MAINTENANCE: BodyKind.MAINTENANCE,
    PartyRole.INSPECTION: BodyKind.INSPECTION,
    PartyRole.INSURER: BodyKind.INSURER,
}


@dataclass(frozen=True, slots=True)
class Held:
    """A lift that bears a number of the file already."""

    lift_id: UUID
    division: str
    address: str
    hidden_in: UUID | None


Number = tuple[str, str, str]  # column, kind of other number (else blank), text


def numbers_of(numbers: dict[str, str], kind: str) -> Iterator[Number]:
    """List a row's numbers as the registry keys them."""
    for column, text in numbers.items():
        yield column, kind if column == "other_number" else "", text


def holders(numbers: Iterable[Number], columns: Iterable[str]) -> dict[Number, list[Held]]:
    """Find every lift, published or not, that bears one of these numbers."""
    wanted: dict[str, set[str]] = {column: set() for column in {*UNIQUE, *columns}}
    for column, _, text in numbers:
        if column in wanted:
            wanted[column].add(text)
    hidden = set(ImportJob.objects.exclude(state=JobState.PUBLISHED).values_list("id", flat=True))
    found: dict[Number, list[Held]] = {}
    for column, texts in wanted.items():
        listed = sorted(texts)
        for start in range(0, len(listed), BLOCK):
            rows = Lift.objects.filter(**{f"{column}__in": listed[start : start + BLOCK]}).order_by("id")
            told = rows.values_list(column, "other_number_kind", "id", "division_code", "address", "import_job_id")
            for text, kind, key, division, address, job in told:
                number = (column, kind if column == "other_number" else "", text)
                held = Held(key, division, address, job if job in hidden else None)
                found.setdefault(number, []).append(held)
    return found


@dataclass(slots=True)
class Body:
    """A body that claims come down to: on file, or to be put there; `ambiguous` where two on file bear the name."""

    kind: BodyKind
    name: str
    credit: str | None
    id: UUID | None
    division: str
    ambiguous: bool = False


class Bodies:
    """What the claims of a file come down to, looked up once."""

    def __init__(self, claims: Iterable[tuple[Claim, str]]) -> None:
        self._found: dict[tuple[BodyKind, str | None, str], Body] = {}
        by_kind: dict[BodyKind, dict[tuple[str | None, str], str]] = {}
        for claim, division in claims:
            told = by_kind.setdefault(KINDS[claim.party.role], {})
            told.setdefault((claim.credit, claim.name), claim.party.division or division)
        for kind, told in by_kind.items():
            self._look_up(kind, told)

    def of(self, claim: Claim) -> Body:
        """Give the body that a claim comes down to."""
        return self._found[KINDS[claim.party.role], claim.credit, claim.name]

    def _look_up(self, kind: BodyKind, told: dict[tuple[str | None, str], str]) -> None:
        coded = parties.bodies_by_credit_codes((credit for credit, _ in told if credit), kind=kind)
        named = parties.bodies_by_names((name for _, name in told if name), kind=kind)
        made: dict[str | None, Body] = {}
        for (credit, name), division in sorted(told.items(), key=lambda one: (one[0][0] is None, one[0])):
            if credit is not None:
                body = self._by_credit(kind, credit, name, division, coded, named, made)
            else:
                body = self._by_name(kind, name, division, named, made)
            self._found[kind, credit, name] = body

    def _by_credit(
        self,
        kind: BodyKind,
        credit: str,
        name: str,
        division: str,
        coded: dict[str, UUID],
        named: dict[str, tuple[tuple[UUID, str | None], ...]],
        made: dict[str | None, Body],
    ) -> Body:
        if credit in coded:
            return Body(kind, name, credit, coded[credit], division)
        uncoded = [key for key, code in named.get(name, ()) if code is None]
        if len(uncoded) == 1:
            return Body(kind, name, credit, uncoded[0], division)
        return made.setdefault(credit, Body(kind, name, credit, None, division))

    def _by_name(
        self,
        kind: BodyKind,
        name: str,
        division: str,
        named: dict[str, tuple[tuple[UUID, str | None], ...]],
        made: dict[str | None, Body],
    ) -> Body:
        held = named.get(name, ())
        if held:
            return Body(kind, name, None, held[0][0] if len(held) == 1 else None, division, ambiguous=len(held) > 1)
        same = [body for body in made.values() if body.name == name]
        if same:
            return same[0] if len(same) == 1 else Body(kind, name, None, None, division, ambiguous=True)
        return made.setdefault("=" + name, Body(kind, name, None, None, division))
