"""Which deeds a page offers: those the post may do and the lifecycle allows from here."""

from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from liftwarden.casework.hazards.lifecycles import LISTING, PROBLEM, SHUT_DOWN, Action, Overlay, OverlayAction, State
from liftwarden.casework.hazards.models import Instruction, Problem, ProblemFile, ServiceOutcome
from liftwarden.casework.hazards.rules import Cell, Cohort
from liftwarden.casework.registry.models import Lift
from liftwarden.casework.registry.rules import USE, UseState
from liftwarden.doors.threshold.deed import Deed
from liftwarden.doors.threshold.deeds import deeds
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.oversight.returns.filled import Stage
from liftwarden.oversight.returns.lifecycle import RETURN
from liftwarden.oversight.returns.models import Return

LISTING_DEEDS = frozenset({"list-for-supervision", "extend-listing", "ask-delist", "delist", "refuse-delist"})
# Corrections that make sense for the files of one cohort only.
ONLY_IN = {"correct-as-done-before": Cohort.BASELINE, "join-baseline": Cohort.FOUND}
SETTLED = (Cell.B, Cell.G, Cell.FRAME, Cell.OUT)
# The step that takes a problem onwards from each state: the office's, and the use unit's. Every other button stands
# behind it, in the order of the lifecycle; what ends a problem otherwise comes last.
FORWARD = {
    (State.FOUND, "division"): "instruct",
    (State.REPORTED, "division"): "pass-recheck",
    (State.PASSED, "division"): "close-problem",
    (State.FOUND, "use_unit"): "begin-rectification",
    (State.ORDERED, "use_unit"): "report-rectification",
    (State.RECTIFYING, "use_unit"): "report-rectification",
}


@dataclass(frozen=True)
class Button:
    """One deed on offer."""

    deed: Deed
    url: str
    forward: bool = False


def of_problem(problem: Problem, *, by: Actor) -> tuple[Button, ...]:
    """List what may be done to a problem, the step onwards first."""
    state = State(problem.state)
    allowed = PROBLEM.allowed(state)
    offered = [deed for deed in _of("problem", by) if deed.move is not None and deed.move in allowed]
    if not problem.needs_certificate:
        offered = [deed for deed in offered if deed.move is not Action.CERTIFY]
    onwards = "extend-deadline" if problem.extension_asked_to else FORWARD.get((state, by.role.side))
    buttons = [_button(deed, problem.pk, forward=deed.name == onwards) for deed in offered]
    if by.may(Permission.HAZARD_ORDER) and Action.ORDER in allowed:
        url = reverse("do-instruct") + f"?problems={problem.pk}"
        buttons.append(Button(deeds()["instruct"], url, forward=onwards == "instruct"))
    return tuple(sorted(buttons, key=_rank))


def _rank(button: Button) -> tuple[bool, bool, bool, int]:
    move = button.deed.move or Action.ORDER
    order = list(Action).index(move) if isinstance(move, Action) else 0
    return (not button.forward, button.deed.danger, move is Action.DISMANTLE, order)


def of_file(file: ProblemFile, *, by: Actor) -> tuple[Button, ...]:
    """List what may be done to a file: its overlays move as their lifecycles say; a corrected file rests."""
    if file.corrected_at is not None:
        return ()
    allowed = {True: LISTING.allowed(Overlay(file.listing)), False: SHUT_DOWN.allowed(Overlay(file.shut_down))}
    offered = [d for d in _of("file", by) if d.move is None or d.move in allowed[d.name in LISTING_DEEDS]]
    if file.cell in SETTLED:
        offered = [deed for deed in offered if deed.move is not OverlayAction.IMPOSE]
    offered = [deed for deed in offered if file.cohort == ONLY_IN.get(deed.name, file.cohort)]
    return tuple(_button(deed, file.pk) for deed in sorted(offered, key=lambda deed: deed.danger))


def of_lift(lift: Lift, *, by: Actor) -> tuple[Button, ...]:
    """List what may be done to a lift."""
    usable = USE.allowed(UseState(lift.use_state))
    offered = [deed for deed in _of("lift", by) if deed.name != "change-use" or usable]
    buttons = [_button(deed, lift.pk, forward=deed.name == "open-problem") for deed in offered]
    return tuple(sorted(buttons, key=lambda button: (not button.forward, button.deed.danger)))


def of_instruction(instruction: Instruction, *, by: Actor) -> tuple[Button, ...]:
    """List what may be done to an instruction: its service is recorded until the use unit has signed."""
    if instruction.service == ServiceOutcome.RECEIPT:
        return ()
    return tuple(_button(deed, instruction.pk, forward=True) for deed in _of("instruction", by))


def of_return(held: Return, *, by: Actor) -> tuple[Button, ...]:
    """List the steps a return may take; what is typed into it is entered on its own page."""
    allowed = RETURN.allowed(Stage(held.state))
    offered = [deed for deed in _of("filing", by) if deed.move in allowed and deed.name != "detach-page"]
    forward = {Stage.DRAFT: "check-draft", Stage.CHECKED: "approve-return", Stage.APPROVED: "sign-off-return"}
    named = forward.get(Stage(held.state))
    return tuple(_button(deed, held.pk, forward=deed.name == named) for deed in offered)


def _of(subject: str, by: Actor) -> list[Deed]:
    return [deed for deed in deeds().values() if deed.subject == subject and by.may(deed.permission)]


def _button(deed: Deed, key: UUID, *, forward: bool = False) -> Button:
    return Button(deed, reverse(f"do-{deed.name}", args=[key]), forward)


def new(name: str, *, by: Actor, forward: bool = True) -> Button | None:
    """Offer a deed that makes something, if the post may."""
    deed = deeds()[name]
    return Button(deed, reverse(f"do-{name}"), forward) if by.may(deed.permission) else None
