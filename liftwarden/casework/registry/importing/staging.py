"""Writes the new lifts of an import in short transactions, hidden until it is published.

A chunk is made ready before its transaction begins, so that the database is held for the writing alone; the next one is
made ready while others write. How long others waited is measured by bench/import_lifts.py (docs/decisions/0004).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from time import sleep
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from liftwarden.casework.registry.columns import STORED
from liftwarden.casework.registry.importing import keys
from liftwarden.casework.registry.importing.checking import Candidate
from liftwarden.casework.registry.importing.matching import Body
from liftwarden.casework.registry.importing.models import ImportJob, JobState
from liftwarden.casework.registry.index import searched_by
from liftwarden.casework.registry.models import Lift, LiftParty, SearchText
from liftwarden.ground.divisions.tree import Tree
from liftwarden.ground.journal import batches
from liftwarden.ground.journal.batches import Batch
from liftwarden.ground.journal.bulk import insert_prepared
from liftwarden.ground.parties.actor import Actor
from liftwarden.kernel.periods import start_of_day
from liftwarden.kernel.refusals import Refusal

# A writer that finds SQLite busy tries again after 1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50 and then every 100 ms. What
# others wait is bounded when one chunk and one pause fit into its first 128 ms and the pause is wider than 25 ms.
CHUNK, PAUSE = 500, 0.01
COURTEOUS_CHUNK, COURTEOUS_PAUSE, COURTEOUS_FOR = 150, 0.03, 30
LIFT_COLUMNS = tuple(field.attname for field in Lift._meta.concrete_fields)
SEARCH_COLUMNS = ("lift_id", "division_code", "words", "initials")
OF_USE = ("use_state", "use_state_reason", "use_state_body", "use_state_on")
SEARCHED = tuple(STORED.index(name) for name in ("estate", "address", "internal_no"))
# Where each column of a lift stands among what is checked, and what is known only now.
TOLD = (*STORED, "id", "division_code", "home_node", "import_job_id", *OF_USE)
PLACES = tuple(TOLD.index(column) for column in LIFT_COLUMNS)


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
        self._job_text = job.hex
        self._names: dict[str, str] = {}
        self._body_texts: dict[int, str] = {}

    def chunks(self, candidates: list[Candidate]) -> Iterator[list[Candidate]]:
        """Cut rows into chunks, short ones with a pause after each while others are writing too."""
        start, manners, version = 0, 0, _data_version()
        while start < len(candidates):
            size = COURTEOUS_CHUNK if manners else CHUNK
            yield candidates[start : start + size]
            start += size
            now = _data_version()
            manners = COURTEOUS_FOR if now != version else max(0, manners - 1)
            version = now
            if connection.vendor == "sqlite":
                sleep(COURTEOUS_PAUSE if manners else PAUSE)

    def ready(self, candidates: list[Candidate]) -> Chunk:
        """Make rows ready, without the database."""
        hand, job = self._by.hand, self._job
        lifts: list[list[Any]] = []
        begun: dict[date, list[tuple[Any, ...]]] = {}
        search: list[tuple[Any, ...]] = []
        for candidate in candidates:
            key, party_keys = keys.texts(job, candidate.row)
            lifts.append(self._lift(key, candidate))
            search.append(self._search(key, candidate))
            for claim, body in zip(candidate.claims, self._bodies(candidate), strict=True):
                role = str(claim.party.role)
                row = (party_keys[keys.ROLES.index(role)], key, self._body(body), role, claim.from_on, None)
                begun.setdefault(claim.from_on, []).append((*row, candidate.division))
        parties = [
            batches.ready(LiftParty, rows, "lift.party-began", by=hand, at=start_of_day(day))
            for day, rows in begun.items()
        ]
        registered = batches.ready(Lift, lifts, "lift.registered", by=hand, at=hand.now)
        return Chunk(candidates, [registered, *parties], search)

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

    def _lift(self, key: str, candidate: Candidate) -> list[Any]:
        more = (key, candidate.division, "local", self._job_text, *(candidate.use[name] for name in OF_USE))
        told = (*candidate.stored, *more)
        return [told[place] for place in PLACES]

    def _body(self, body: Body) -> str:
        if id(body) not in self._body_texts:
            key = body.id or keys.body_key(self._job, str(body.kind), body.credit, body.name)
            self._body_texts[id(body)] = key.hex
        return self._body_texts[id(body)]

    def _search(self, key: str, candidate: Candidate) -> tuple[str, ...]:
        division = candidate.division
        if division not in self._names:
            self._names[division] = self._tree.full_name(division)
        estate, address, internal = (candidate.stored[place] for place in SEARCHED)
        words, initials = searched_by(estate, address, internal, division_name=self._names[division])
        return key, division, words, initials


def _data_version() -> int:
    """Give a number that changes when another connection has written; SQLite only, where writers wait for each other."""
    if connection.vendor != "sqlite":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        return int(cursor.fetchone()[0])


def still_staging(job: UUID) -> ImportJob:
    """Give the import, locked, if it is still under way.

    Raises:
        NotStaging: if it is not.
    """
    held = ImportJob.objects.select_for_update().get(pk=job)
    if held.state != JobState.STAGING:
        raise NotStaging(state=JobState(held.state).label.removeprefix("已"))
    return held
