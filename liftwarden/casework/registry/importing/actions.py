"""Takes a file of lifts in: checks all of it, writes it hidden and in pieces, publishes it at one moment.

The only writer of imports. A run that is killed leaves hidden lifts and an import under way; `resume` goes on from
there, `abandon` gives its numbers free again. Decision: docs/decisions/0004-bulk-import.md.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.db import IntegrityError, transaction

from liftwarden.casework.registry.columns import IDENTITIES
from liftwarden.casework.registry.importing import planning, publishing, staging, tables
from liftwarden.casework.registry.importing.checking import Candidate, Ground
from liftwarden.casework.registry.importing.keys import MOST_ROWS, span
from liftwarden.casework.registry.importing.mapping import Mapping
from liftwarden.casework.registry.importing.models import ImportJob, JobState
from liftwarden.casework.registry.importing.planning import Plan, Progress
from liftwarden.casework.registry.importing.reading import Sheet
from liftwarden.casework.registry.importing.staging import Stager
from liftwarden.casework.registry.models import Lift, SearchText
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.journal import actions as journal
from liftwarden.ground.journal.actions import About, Draft
from liftwarden.ground.parties.actions import credit_code
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import day_in_shanghai
from liftwarden.kernel.refusals import BadInput, Refusal

HASHED_AT_ONCE = 2**20
TEXT_WIDTHS = {
    field.attname: field.max_length
    for field in Lift._meta.concrete_fields
    if field.max_length and field.attname not in IDENTITIES
}


class Unfinished(Refusal):
    """A second start of an import that is under way."""

    code = "import_unfinished"
    status = 409
    sentence = "这个文件上次没有导完（{rows} 行，开始于 {begun}）。请加 --resume 继续，或加 --abandon 放弃。"


class NothingToResume(Refusal):
    """Nothing to go on with, or to give up."""

    code = "nothing_to_resume"
    status = 404
    sentence = "这个文件以这份映射没有未完成的导入。"


@dataclass(frozen=True)
class Outcome:
    """What came of a file: the plan, the sheet it was made from, and the import, if there was anything to write."""

    file_name: str
    file_sha256: str
    mapping: Mapping
    sheet: Sheet
    plan: Plan
    job: ImportJob | None
    published: bool


def check(path: Path, mapping: Mapping, *, by: Actor, progress: Progress) -> Outcome:
    """Check a file and write nothing: the dry run.

    Raises:
        NotYours: if `by` may not import.
        UnsafeFile, ParserStopped, ParserRefused: if the file cannot be read.
    """
    sheet, sha256 = _read(path, mapping, by=by, progress=progress)
    held = _unfinished(sha256, mapping, by=by)
    plan = planning.make(sheet, mapping, _ground(by), job=held.pk if held else None, progress=progress)
    return Outcome(path.name, sha256, mapping, sheet, plan, None, published=False)


def import_lifts(path: Path, mapping: Mapping, *, by: Actor, progress: Progress) -> Outcome:
    """Take a file in, whole or not at all; rows that are rejected or set aside by the mapping's own word stay out.

    Source: the 2017 notice, part 2, item 3 (registration data joined into one record for each lift).
    Raises:
        NotYours, UnsafeFile, ParserStopped, ParserRefused: as for `check`.
        Unfinished: if an earlier run of the same file is under way.
        ChangedMeanwhile: if lifts to be amended were changed by others meanwhile.
    """
    sheet, sha256 = _read(path, mapping, by=by, progress=progress)
    if held := _unfinished(sha256, mapping, by=by):
        raise Unfinished(rows=held.rows, begun=held.begun_at.isoformat(timespec="minutes"))
    plan = planning.make(sheet, mapping, _ground(by), job=None, progress=progress)
    if not plan.changes_anything:
        return Outcome(path.name, sha256, mapping, sheet, plan, None, published=not plan.fatal)
    publishing.refuse_too_many(plan, in_blocks=mapping.amends_in_blocks)
    job = _begin(path, sha256, mapping, plan, by=by)
    return _carry_out(job, path, sha256, mapping, sheet, plan, by=by, progress=progress)


def resume(path: Path, mapping: Mapping, *, by: Actor, progress: Progress) -> Outcome:
    """Go on with an import that was stopped: the rows written stay, the rest follow, then all is published.

    Raises:
        NothingToResume: if none is under way for this file and mapping.
        StagedOtherwise: if the registry has changed so that rows already written may not be published.
        NotYours, UnsafeFile, ParserStopped, ParserRefused, ChangedMeanwhile: as for `import_lifts`.
    """
    sheet, sha256 = _read(path, mapping, by=by, progress=progress)
    job = _unfinished(sha256, mapping, by=by)
    if job is None:
        raise NothingToResume
    plan = planning.make(sheet, mapping, _ground(by), job=job.pk, progress=progress)
    return _carry_out(job, path, sha256, mapping, sheet, plan, by=by, progress=progress)


def abandon(path: Path, mapping: Mapping, *, by: Actor, progress: Progress) -> ImportJob:
    """Give up an import under way: its lifts stay hidden for good and their numbers are free again.

    Raises:
        NothingToResume: if none is under way for this file and mapping.
    """
    by.must(Permission.LIFT_IMPORT, at=by.division)
    job = _unfinished(_sha256(path), mapping, by=by)
    if job is None:
        raise NothingToResume
    total = Lift.objects.filter(pk__range=span(job.pk)).count()
    done = 0
    while freed := _free_some(job, by=by):
        done += freed
        progress("放弃", done, total)
    return _end_abandoned(job, by=by)


def _read(path: Path, mapping: Mapping, *, by: Actor, progress: Progress) -> tuple[Sheet, str]:
    by.must(Permission.LIFT_IMPORT, at=by.division)
    if any(party.create for party in mapping.parties):
        by.must(Permission.PARTY_WRITE, at=by.division)
    progress("读取", 0, 1)
    sheet = tables.read(path, mapping.source)
    if len(sheet.rows) + sheet.first_row > MOST_ROWS:
        raise BadInput(field="文件", reason=f"行数超过 {MOST_ROWS}")
    progress("读取", 1, 1)
    return sheet, _sha256(path)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(HASHED_AT_ONCE):
            digest.update(block)
    return digest.hexdigest()


def _ground(by: Actor) -> Ground:
    tree = divisions.tree()
    names: dict[str, tuple[str, ...]] = {}
    for code in sorted(by.codes):
        names[tree.name(code)] = (*names.get(tree.name(code), ()), code)
    return Ground(by.codes, tree.knows, names, day_in_shanghai(by.now), TEXT_WIDTHS, credit_code)


def _unfinished(sha256: str, mapping: Mapping, *, by: Actor) -> ImportJob | None:
    held = ImportJob.objects.filter(file_sha256=sha256, mapping_sha256=mapping.sha256, division_code=by.division)
    return held.filter(state=JobState.STAGING).first()


@transaction.atomic
def _begin(path: Path, sha256: str, mapping: Mapping, plan: Plan, *, by: Actor) -> ImportJob:
    job = ImportJob(
        division_code=by.division,
        by_post=by.post_id,
        mode=str(mapping.mode),
        file_name=path.name[:200],
        file_sha256=sha256,
        mapping_sha256=mapping.sha256,
        state=str(JobState.STAGING),
        rows=plan.rows,
        begun_at=by.now,
    )
    return journal.create(job, "import.begun", division=by.division, by=by.hand, at=by.now)


def _carry_out(
    job: ImportJob,
    path: Path,
    sha256: str,
    mapping: Mapping,
    sheet: Sheet,
    plan: Plan,
    *,
    by: Actor,
    progress: Progress,
) -> Outcome:
    plan = _staged(job, mapping, sheet, plan, by=by, progress=progress)
    progress("发布", 0, 1)
    publishing.refuse_too_many(plan, in_blocks=mapping.amends_in_blocks)
    publishing.ahead(job.pk, plan, by=by)
    job = publishing.publish(job.pk, plan, by=by)
    progress("发布", 1, 1)
    return Outcome(path.name, sha256, mapping, sheet, plan, job, published=True)


def _staged(job: ImportJob, mapping: Mapping, sheet: Sheet, plan: Plan, *, by: Actor, progress: Progress) -> Plan:
    """Write the rows that are not yet written; where a number was taken meanwhile, check the whole file again."""
    while True:
        stager = Stager(job.pk, divisions.tree(), plan.of, by=by)
        waiting = [candidate for candidate in plan.additions if candidate.row not in plan.staged]
        done = len(plan.additions) - len(waiting)
        try:
            for some in stager.chunks(waiting):
                stager.write(stager.ready(some))
                done += len(some)
                progress("写入", done, len(plan.additions))
        except IntegrityError:
            again = planning.make(sheet, mapping, _ground(by), job=job.pk, progress=progress)
            if _same(again.additions, plan.additions) and again.staged == plan.staged:
                raise  # nothing has changed: it is not the others, it is us
            plan = again
        else:
            return plan


def _same(some: list[Candidate], others: list[Candidate]) -> bool:
    return [candidate.row for candidate in some] == [candidate.row for candidate in others]


@transaction.atomic
def _free_some(job: ImportJob, *, by: Actor) -> int:
    """Take the numbers from some hidden lifts, and the lifts out of the search."""
    staging.still_staging(job.pk)
    numbers = (*IDENTITIES, "other_number")
    hidden = Lift.objects.filter(pk__range=span(job.pk)).order_by("pk")
    bearing = list(hidden.exclude(**dict.fromkeys(numbers))[: staging.CHUNK])
    free = dict.fromkeys(numbers)
    journal.record_many(
        [
            Draft("lift.import-abandoned", "lift", lift.pk, lift.division_code, by.now, free, About("lift", lift.pk))
            for lift in bearing
        ],
        by=by.hand,
    )
    keys = [lift.pk for lift in bearing]
    Lift.objects.filter(pk__in=keys).update(**free)
    SearchText.objects.filter(pk__in=keys).delete()
    return len(keys)


@transaction.atomic
def _end_abandoned(job: ImportJob, *, by: Actor) -> ImportJob:
    held = staging.still_staging(job.pk)
    changes = {"state": str(JobState.ABANDONED), "ended_at": by.now}
    return journal.change(held, changes, "import.abandoned", division=held.division_code, by=by.hand, at=by.now)
