"""Writes the new lifts of an import in short transactions, hidden until it is published.

A chunk is made ready before its transaction begins, so that the database is held for the writing alone; the next one is
made ready while others write. How long others waited is measured by bench/import_lifts.py (docs/decisions/0004).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from liftwarden.casework.registry.columns import STORED
from liftwarden.casework.registry.importing.checking import Candidate
from liftwarden.casework.registry.importing.keys import body_key, lift_key, party_key
from liftwarden.casework.registry.importing.matching import Body
from liftwarden.casework.registry.importing.models import ImportJob, JobState
from liftwarden.casework.registry.index import searched_by
from liftwarden.casework.registry.models import Lift, LiftParty, SearchText
from liftwarden.ground.divisions.tree import Tree
from liftwarden.ground.journal import batches
from liftwarden.ground.journal.batches import Batch
from liftwarden.ground.journal.bulk import insert_prepared, prepared
from liftwarden.ground.parties.actor import Actor
from liftwarden.kernel.periods import start_of_day
from liftwarden.kernel.refusals import Refusal

CHUNK = 500
LIFT_COLUMNS = tuple(field.attname for field in Lift._meta.concrete_fields)
SEARCH_COLUMNS = ("lift_id", "division_code", "words", "initials")
OF_USE = ("use_state", "use_state_reason", "use_state_body", "use_state_on")
AT = {name: STORED.index(name) for name in ("estate", "address", "internal_no")}


class NotStaging(Refusal):
    """An import that another process has published or given up meanwhile."""

    code = "import_not_staging"
    status = 409
    sentence = "这次导入已{state}，不能再写入。"


@dataclass(frozen=True)
class Chunk:
    """Some lifts ready to be written."""

    candidates: list[Candidate]
    batches: list[Batch]
    search: list[tuple[Any, ...]]


class Stager:
    """Makes chunks ready and writes them, for one import."""

    def __init__(self, job: UUID, tree: Tree, bodies: Callable[[Candidate], list[Body]], *, by: Actor) -> None:
        self._job, self._tree, self._bodies, self._by = job, tree, bodies, by
        self._names: dict[str, str] = {}

    def chunks(self, candidates: list[Candidate]) -> Iterator[list[Candidate]]:
        """Cut rows into chunks."""
        for start in range(0, len(candidates), CHUNK):
            yield candidates[start : start + CHUNK]

    def ready(self, candidates: list[Candidate]) -> Chunk:
        """Make rows ready, without the database."""
        hand = self._by.hand
        lifts = batches.ready(Lift, [self._lift(c) for c in candidates], "lift.registered", by=hand, at=hand.now)
        begun: dict[Any, list[tuple[Any, ...]]] = {}
        for candidate in candidates:
            for claim, body in zip(candidate.claims, self._bodies(candidate), strict=True):
                key = party_key(self._job, candidate.row, claim.party.role)
                owner = lift_key(self._job, candidate.row)
                row = (key, owner, self._body(body), str(claim.party.role), claim.from_on, None, candidate.division)
                begun.setdefault(claim.from_on, []).append(row)
        parties = [
            batches.ready(LiftParty, rows, "lift.party-began", by=hand, at=start_of_day(day))
            for day, rows in begun.items()
        ]
        search = prepared(SearchText, SEARCH_COLUMNS, [self._search(candidate) for candidate in candidates])
        return Chunk(candidates, [lifts, *parties], search)

    @transaction.atomic
    def write(self, chunk: Chunk) -> None:
        """Write one chunk.

        Raises:
            NotStaging: if the import is no longer under way.
            IntegrityError: if a number was taken, or a row written, since the file was checked.
        """
        still_staging(self._job)
        batches.write(chunk.batches)
        insert_prepared(SearchText, SEARCH_COLUMNS, chunk.search)

    def _lift(self, candidate: Candidate) -> tuple[Any, ...]:
        told = dict(zip(STORED, candidate.stored, strict=True))
        told |= {name: candidate.use[name] for name in OF_USE}
        told["id"] = lift_key(self._job, candidate.row)
        told["division_code"] = candidate.division
        told["home_node"] = "local"
        told["import_job_id"] = self._job
        return tuple(told[column] for column in LIFT_COLUMNS)

    def _body(self, body: Body) -> UUID:
        return body.id or body_key(self._job, str(body.kind), body.credit, body.name)

    def _search(self, candidate: Candidate) -> tuple[Any, ...]:
        division = candidate.division
        if division not in self._names:
            self._names[division] = self._tree.full_name(division)
        estate, address, internal = (candidate.stored[AT[name]] for name in ("estate", "address", "internal_no"))
        words, initials = searched_by(estate, address, internal, division_name=self._names[division])
        return lift_key(self._job, candidate.row), division, words, initials


def still_staging(job: UUID) -> ImportJob:
    """Give the import, locked, if it is still under way.

    Raises:
        NotStaging: if it is not.
    """
    held = ImportJob.objects.select_for_update().get(pk=job)
    if held.state != JobState.STAGING:
        raise NotStaging(state=JobState(held.state).label.removeprefix("已"))
    return held
