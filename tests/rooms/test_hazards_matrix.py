"""Every state, every action, every role: what the tables and the permissions allow succeeds, and nothing else does."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.hazards.actions.listings import ListingOrder
from liftwarden.casework.hazards.actions.shut_downs import SealOrder
from liftwarden.casework.hazards.lifecycles import (
    LISTING,
    PROBLEM,
    SHUT_DOWN,
    Action,
    Overlay,
    OverlayAction,
    State,
)
from liftwarden.casework.hazards.models import EvidenceKind, Problem, ProblemFile
from liftwarden.casework.registry import actions as registry
from liftwarden.casework.registry.rules import UseAction
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission, roles
from liftwarden.kernel.refusals import ActionNotAllowed, NotFound, NotYours, Refusal
from tests.factories import ZHEJIANG, a_body, a_lift, a_problem, an_actor, an_order, day, serve, show_evidence

pytestmark = [pytest.mark.django_db, pytest.mark.clause("N2017-1.2b")]
T = [day(f"2017-03-{number:02d}") for number in range(1, 29)]
STEP = T[20]

DO: dict[Action, tuple[Permission, Callable[[Problem, Actor], Any]]] = {
    Action.STOP_USE: (
        Permission.HAZARD_ORDER,
        lambda p, by: hazards.order_stop_use(p.pk, reason="门锁短接", at=STEP, by=by),
    ),
    Action.ORDER: (Permission.HAZARD_ORDER, lambda p, by: hazards.instruct([p.pk], an_order(by), at=STEP, by=by)),
    Action.REQUEST_EXTENSION: (
        Permission.HAZARD_ACKNOWLEDGE,
        lambda p, by: hazards.ask_extension(p.pk, to_on=date(2018, 3, 1), reason="等配件", at=STEP, by=by),
    ),
    Action.EXTEND: (
        Permission.HAZARD_ORDER,
        lambda p, by: hazards.extend(p.pk, deadline_on=date(2018, 3, 1), reason="等配件", at=STEP, by=by),
    ),
    Action.BEGIN: (Permission.HAZARD_RECTIFY, lambda p, by: hazards.begin(p.pk, at=STEP, by=by)),
    Action.CERTIFY: (
        Permission.HAZARD_RECTIFY,
        lambda p, by: hazards.certify(p.pk, certificate_no="监1", at=STEP, by=by),
    ),
    Action.REPORT: (Permission.HAZARD_RECTIFY, lambda p, by: hazards.report(p.pk, text="已更换", at=STEP, by=by)),
    Action.PASS: (Permission.HAZARD_RECHECK, lambda p, by: hazards.pass_recheck(p.pk, at=STEP, by=by)),
    Action.FAIL: (
        Permission.HAZARD_RECHECK,
        lambda p, by: hazards.fail_recheck(p.pk, reason="仍短接", deadline_on=date(2017, 9, 1), at=STEP, by=by),
    ),
    Action.CLOSE: (Permission.HAZARD_CLOSE, lambda p, by: hazards.close(p.pk, at=STEP, by=by)),
    Action.SEND_BACK: (
        Permission.HAZARD_CLOSE,
        lambda p, by: hazards.send_back(p.pk, reason="照片不清", deadline_on=date(2017, 9, 1), at=STEP, by=by),
    ),
    Action.DISMANTLE: (Permission.HAZARD_CLOSE, lambda p, by: hazards.close_as_dismantled(p.pk, at=STEP, by=by)),
    Action.NO_ACCESS: (
        Permission.HAZARD_ORDER,
        lambda p, by: hazards.note_no_access(p.pk, note="无人应答", at=STEP, by=by),
    ),
    Action.NOBODY_TO_SERVE: (
        Permission.HAZARD_ORDER,
        lambda p, by: hazards.note_nobody_to_serve(p.pk, note="无物业", at=STEP, by=by),
    ),
    Action.REFER: (
        Permission.HAZARD_ORDER,
        lambda p, by: hazards.refer_for_penalty(p.pk, reason="逾期不改", at=STEP, by=by),
    ),
    Action.WITHDRAW: (
        Permission.HAZARD_CORRECT,
        lambda p, by: hazards.withdraw(p.pk, reason="登记有误", at=STEP, by=by),
    ),
}
# Acknowledging is done to an instruction, not to a problem: see TestAcknowledging.
ACTIONS = [action for action in Action if action is not Action.ACKNOWLEDGE]


def a_problem_in(state: State) -> tuple[Problem, dict[str, Actor]]:
    """A problem brought to a state by public actions, on a lift of a use unit, and one actor of every role."""
    unit, firm = a_body(), a_body()
    lift = a_lift()
    serve(lift, unit)
    serve_as_firm(lift, firm)
    chief, checker = an_actor("chief"), an_actor("inspector")
    problem = a_problem(lift, by=chief, found=T[0])
    a_problem(lift, by=chief, found=T[0], cause="bridged")
    show_evidence(problem, EvidenceKind.BEFORE, EvidenceKind.AFTER, EvidenceKind.DEREGISTRATION, by=chief)
    steps: dict[State, Callable[[], Any]] = {
        State.ORDERED: lambda: hazards.instruct([problem.pk], an_order(chief), at=T[1], by=chief),
        State.RECTIFYING: lambda: hazards.begin(problem.pk, at=T[2], by=chief),
        State.REPORTED: lambda: hazards.report(problem.pk, text="已更换", at=T[3], by=chief),
        State.PASSED: lambda: hazards.pass_recheck(problem.pk, at=T[4], by=checker),
        State.CLOSED: lambda: hazards.close(problem.pk, at=T[5], by=chief),
    }
    if state is State.WITHDRAWN:
        hazards.withdraw(problem.pk, reason="登记有误", at=T[1], by=chief)
    elif state is not State.FOUND:
        for reached, step in steps.items():
            step()
            if reached is state:
                break
    problem.refresh_from_db()
    assert problem.state == state
    bodies = {"use_unit": unit, "maintenance": firm}
    return problem, {role: an_actor(role, body=bodies.get(role)) for role in roles()}


def serve_as_firm(lift: Any, firm: Any) -> None:
    from liftwarden.casework.registry.rules import PartyRole

    serve(lift, firm, PartyRole.MAINTENANCE)


def outcome(do: Callable[[], Any]) -> type[Refusal] | None:
    """Do a thing and undo it; tell how it was refused, if it was."""
    try:
        with transaction.atomic():
            do()
            transaction.set_rollback(True)
    except Refusal as refusal:
        return type(refusal)
    return None


def expected(by: Actor, permission: Permission, *, allowed: bool) -> type[Refusal] | None:
    if not by.may(Permission.HAZARD_READ):
        return NotFound
    if not by.may(permission):
        return NotYours
    return None if allowed else ActionNotAllowed


@pytest.mark.parametrize("action", ACTIONS, ids=str)
@pytest.mark.parametrize("state", list(State), ids=str)
def test_a_problem_moves_as_its_table_and_the_permissions_say(state: State, action: Action) -> None:
    problem, actors = a_problem_in(state)
    permission, do = DO[action]
    if action is Action.DISMANTLE:
        registrar = an_actor("registrar", division=ZHEJIANG)
        registry.change_use(
            problem.lift_id,
            UseAction.DISMANTLE,
            on=date(2017, 3, 2),
            reason="拆除",
            acting_body="业主",
            by=registrar,
        )
    allowed = action in PROBLEM.allowed(state)

    seen = {role: outcome(lambda by=by: do(problem, by)) for role, by in actors.items()}  # type: ignore[misc]

    assert seen == {role: expected(by, permission, allowed=allowed) for role, by in actors.items()}


SEAL = SealOrder("封〔2017〕1号", "《特种设备安全法》第六十一条", "西湖区市场监管局")
BOARD = ListingOrder("李区长", date(2017, 6, 1), "fund")

OVER: dict[str, dict[OverlayAction, tuple[Permission, Callable[[ProblemFile, Actor], Any]]]] = {
    "shut_down": {
        OverlayAction.IMPOSE: (
            Permission.HAZARD_SHUT_DOWN,
            lambda f, by: hazards.shut_down(f.pk, SEAL, at=STEP, by=by),
        ),
        OverlayAction.ASK: (
            Permission.HAZARD_ACKNOWLEDGE,
            lambda f, by: hazards.ask_to_unseal(f.pk, reason="已整改", at=STEP, by=by),
        ),
        OverlayAction.REFUSE: (
            Permission.HAZARD_SHUT_DOWN,
            lambda f, by: hazards.refuse_unsealing(f.pk, reason="未整改", at=STEP, by=by),
        ),
        OverlayAction.RENEW: (
            Permission.HAZARD_SHUT_DOWN,
            lambda f, by: hazards.renew_shut_down(f.pk, expires_on=date(2017, 12, 1), reason="未整改", at=STEP, by=by),
        ),
        OverlayAction.LIFT: (
            Permission.HAZARD_SHUT_DOWN,
            lambda f, by: hazards.unseal(f.pk, reason="已整改", at=STEP, by=by),
        ),
    },
    "listing": {
        OverlayAction.IMPOSE: (
            Permission.HAZARD_LIST,
            lambda f, by: hazards.list_for_supervision(f.pk, BOARD, at=STEP, by=by),
        ),
        OverlayAction.ASK: (
            Permission.HAZARD_RECHECK,
            lambda f, by: hazards.ask_to_delist(f.pk, reason="已整改", at=STEP, by=by),
        ),
        OverlayAction.REFUSE: (
            Permission.HAZARD_LIST,
            lambda f, by: hazards.refuse_delisting(f.pk, reason="未整改", at=STEP, by=by),
        ),
        OverlayAction.RENEW: (
            Permission.HAZARD_LIST,
            lambda f, by: hazards.extend_listing(f.pk, deadline_on=date(2017, 9, 1), reason="等资金", at=STEP, by=by),
        ),
        OverlayAction.LIFT: (
            Permission.HAZARD_LIST,
            lambda f, by: hazards.delist(f.pk, reason="已整改", at=STEP, by=by),
        ),
    },
}
TABLES = {"shut_down": SHUT_DOWN, "listing": LISTING}


@pytest.mark.clause("N2017-1.2a", "N2017-annex-D")
@pytest.mark.parametrize("action", list(OverlayAction), ids=str)
@pytest.mark.parametrize("state", list(Overlay), ids=str)
@pytest.mark.parametrize("overlay", list(TABLES))
def test_an_overlay_moves_as_its_table_and_the_permissions_say(
    overlay: str, state: Overlay, action: OverlayAction
) -> None:
    problem, actors = a_problem_in(State.FOUND)
    chief, unit, inspector = actors["chief"], actors["use_unit"], actors["inspector"]
    if state is not Overlay.NONE:
        if overlay == "shut_down":
            hazards.shut_down(problem.file_id, SEAL, at=T[1], by=chief)
        else:
            hazards.list_for_supervision(problem.file_id, BOARD, at=T[1], by=chief)
    if state is Overlay.ASKED:
        if overlay == "shut_down":
            hazards.ask_to_unseal(problem.file_id, reason="已整改", at=T[2], by=unit)
        else:
            hazards.ask_to_delist(problem.file_id, reason="已整改", at=T[2], by=inspector)
    permission, do = OVER[overlay][action]
    allowed = action in TABLES[overlay].allowed(state)

    seen = {role: outcome(lambda by=by: do(problem.file, by)) for role, by in actors.items()}  # type: ignore[misc]

    assert seen == {role: expected(by, permission, allowed=allowed) for role, by in actors.items()}


class TestAcknowledging:
    def test_is_for_the_use_unit_alone(self):
        problem, actors = a_problem_in(State.ORDERED)
        from liftwarden.casework.hazards import queries

        instruction = queries.instructions_of(problem)[0]

        seen = {
            role: outcome(lambda by=by: hazards.acknowledge(instruction.pk, at=STEP, by=by))  # type: ignore[misc]
            for role, by in actors.items()
        }

        assert seen == {
            "inspector": NotYours,
            "chief": NotYours,
            "registrar": NotFound,
            "statistician": NotYours,
            "administrator": NotFound,
            "use_unit": None,
            "maintenance": NotFound,
        }
