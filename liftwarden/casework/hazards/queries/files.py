"""Files, problems, orders, overlays and evidence within an actor's reach."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from liftwarden.casework.hazards.lifecycles import State
from liftwarden.casework.hazards.models import (
    BaselineFreeze,
    Evidence,
    Instruction,
    InstructionItem,
    Listing,
    Problem,
    ProblemFile,
    ShutDown,
)
from liftwarden.casework.registry import queries as registry
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.papers import store
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.refusals import NotFound

OPEN_STATES = (State.FOUND, State.ORDERED, State.RECTIFYING, State.REPORTED, State.PASSED)


def files(by: Actor) -> "QuerySet[ProblemFile]":
    """Give the problem-lift files an actor may see."""
    if not by.may(Permission.HAZARD_READ):
        return ProblemFile.objects.none()
    if by.role.side == "division":
        return ProblemFile.objects.filter(division_code__in=by.codes)
    return ProblemFile.objects.filter(lift_id__in=registry.visible(by).values("pk"))


def problems(by: Actor) -> "QuerySet[Problem]":
    """Give the problems an actor may see."""
    if not by.may(Permission.HAZARD_READ):
        return Problem.objects.none()
    if by.role.side == "division":
        return Problem.objects.filter(division_code__in=by.codes)
    return Problem.objects.filter(lift_id__in=registry.visible(by).values("pk"))


def file(file_id: UUID, *, by: Actor) -> ProblemFile:
    """Give one file.

    Raises:
        NotFound: if there is none within reach.

    """
    found = files(by).filter(pk=file_id).first()
    if found is None:
        raise NotFound(what="问题电梯档案")
    return found


def file_to_change(file_id: UUID, *, by: Actor) -> ProblemFile:
    """Give one file, locked."""
    found = files(by).select_for_update(of=("self",)).filter(pk=file_id).first()
    if found is None:
        raise NotFound(what="问题电梯档案")
    return found


def problem(problem_id: UUID, *, by: Actor) -> Problem:
    """Give one problem with its file.

    Raises:
        NotFound: if there is none within reach.

    """
    found = problems(by).select_related("file").filter(pk=problem_id).first()
    if found is None:
        raise NotFound(what="隐患")
    return found


def problems_to_change(ids: Iterable[UUID], *, by: Actor) -> list[Problem]:
    """Give several problems, their files locked in order of key, so that two instructions never wait for each other.

    Raises:
        NotFound: if one of them is out of reach.

    """
    wanted = set(ids)
    reached = problems(by).filter(pk__in=wanted)
    held = dict(reached.values_list("pk", "file_id"))
    if len(held) != len(wanted):
        raise NotFound(what="隐患")
    list(ProblemFile.objects.select_for_update(of=("self",)).filter(pk__in=held.values()).order_by("id"))
    return list(reached.select_related("file").order_by("id"))


def problem_to_change(problem_id: UUID, *, by: Actor) -> Problem:
    """Give one problem, its file locked first, so that two steps on one file follow each other."""
    found = problem(problem_id, by=by)
    file_to_change(found.file_id, by=by)
    return problem(problem_id, by=by)


def files_of_lift_to_change(lift_id: UUID, *, division: str) -> list[ProblemFile]:
    """Give the files of a lift that count in a division, locked in order of key."""
    rows = ProblemFile.objects.select_for_update(of=("self",)).filter(
        lift_id=lift_id, division_code=division, corrected_at__isnull=True
    )
    return list(rows.order_by("id"))


def problems_in(file: ProblemFile) -> list[Problem]:
    """List the problems of one file, oldest first."""
    return list(Problem.objects.filter(file=file).order_by("found_at", "id"))


def files_of_lift(lift_id: UUID, *, by: Actor) -> list[ProblemFile]:
    """List the files of one lift."""
    return list(files(by).filter(lift_id=lift_id).order_by("opened_at", "id"))


def live_shut_down(file: ProblemFile) -> ShutDown | None:
    """Give the shut-down in force on a file."""
    return ShutDown.objects.filter(file=file, lifted_at__isnull=True).first()


def shut_downs_of(file: ProblemFile) -> list[ShutDown]:
    """List the shut-downs of a file, oldest first: its lines of the seal register."""
    return list(ShutDown.objects.filter(file=file).order_by("imposed_at", "id"))


def listings_of(file: ProblemFile) -> list[Listing]:
    """List the listings of a file, oldest first."""
    return list(Listing.objects.filter(file=file).order_by("listed_at", "id"))


def live_listing(file: ProblemFile) -> Listing | None:
    """Give the listing in force on a file."""
    return Listing.objects.filter(file=file, delisted_at__isnull=True).first()


def evidence_of(problem: Problem) -> list[Evidence]:
    """List what is kept with a problem."""
    return list(Evidence.objects.filter(problem=problem).order_by("added_at", "id"))


def one_evidence(evidence_id: UUID, *, by: Actor) -> Evidence:
    """Give one piece of evidence within reach.

    Raises:
        NotFound: if there is none.

    """
    found = Evidence.objects.filter(pk=evidence_id, problem__in=problems(by)).first()
    if found is None:
        raise NotFound(what="证据")
    return found


def evidence_file(evidence_id: UUID, *, by: Actor) -> tuple[str, bytes]:
    """Give the media type and the bytes of a piece of evidence, its digest checked.

    Raises:
        NotFound: if there is none within reach.
        PaperDamaged: if the file is gone or is no longer what was kept.

    """
    found = one_evidence(evidence_id, by=by)
    return found.media_type, store.read(found.sha256)


def instructions(by: Actor) -> "QuerySet[Instruction]":
    """Give the instructions an actor may see: an official's in reach, a body's own."""
    if not by.may(Permission.HAZARD_READ):
        return Instruction.objects.none()
    if by.role.side == "division":
        return Instruction.objects.filter(division_code__in=by.codes)
    if by.role.side == "use_unit":
        return Instruction.objects.filter(body_id=by.body_id)
    return Instruction.objects.none()


def instruction(instruction_id: UUID, *, by: Actor) -> Instruction:
    """Give one instruction.

    Raises:
        NotFound: if there is none within reach.

    """
    found = instructions(by).filter(pk=instruction_id).first()
    if found is None:
        raise NotFound(what="监察指令书")
    return found


def instruction_to_change(instruction_id: UUID, *, by: Actor) -> Instruction:
    """Give one instruction, locked.

    Raises:
        NotFound: if there is none within reach.

    """
    found = instructions(by).select_for_update(of=("self",)).filter(pk=instruction_id).first()
    if found is None:
        raise NotFound(what="监察指令书")
    return found


def items_of(instruction: Instruction) -> list[InstructionItem]:
    """List the problems on an instruction."""
    return list(InstructionItem.objects.filter(instruction=instruction).select_related("problem").order_by("id"))


def instructions_of(problem: Problem) -> list[Instruction]:
    """List the instructions that name a problem, oldest first."""
    ids = InstructionItem.objects.filter(problem=problem).values("instruction_id")
    return list(Instruction.objects.filter(pk__in=ids).order_by("issued_at", "id"))


def baseline_freeze(programme: str, division: str) -> BaselineFreeze | None:
    """Give the freeze that covers a division: its own or one above it."""
    path = divisions.tree().path(division)
    return BaselineFreeze.objects.filter(programme=programme, division_code__in=path).order_by("frozen_at").first()
