"""Every state against every action, from the table, through the actions themselves; and what the database insists on."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from liftwarden.ground.parties.actor import Actor
from liftwarden.kernel.periods import Period
from liftwarden.kernel.refusals import ActionNotAllowed, BadInput, NotYours, Refusal
from liftwarden.oversight.returns import actions
from liftwarden.oversight.returns.content import Told
from liftwarden.oversight.returns.filled import Stage
from liftwarden.oversight.returns.lifecycle import RETURN, Action
from liftwarden.oversight.returns.models import Return
from tests.factories import NOW, ZHEJIANG, an_actor

pytestmark = pytest.mark.django_db
JUNE = Period(2017, 6)
TYPED = {"J": "1", "K": "2", "hotline.in_service": "否", "disclosure.practised": "否"}
STEPS: dict[Action, Callable[[Return, Actor, Actor], Any]] = {
    Action.SAVE: lambda held, filler, chief: actions.save(
        "2017-annex", ZHEJIANG, JUNE, Told(values={"K": "3"}), at=NOW, by=filler
    ),
    Action.CHECK: lambda held, filler, chief: actions.check(held.pk, at=NOW, by=filler),
    Action.WITHDRAW: lambda held, filler, chief: actions.withdraw(held.pk, reason="补填", at=NOW, by=filler),
    Action.SEND_BACK: lambda held, filler, chief: actions.send_back(held.pk, reason="不全", at=NOW, by=chief),
    Action.APPROVE: lambda held, filler, chief: actions.approve(held.pk, at=NOW, by=chief),
    Action.SIGN_OFF: lambda held, filler, chief: actions.sign_off(held.pk, at=NOW, by=chief),
    Action.CORRECT: lambda held, filler, chief: actions.correct(held.pk, reason="漏报", at=NOW, by=chief),
}
WAY = (Action.CHECK, Action.APPROVE, Action.SIGN_OFF)


def people() -> tuple[Actor, Actor]:
    return an_actor("statistician", division=ZHEJIANG), an_actor("chief", division=ZHEJIANG)


def a_return(state: Stage, filler: Actor, chief: Actor) -> Return:
    held = actions.save("2017-annex", ZHEJIANG, JUNE, Told(values=TYPED), at=NOW, by=filler)
    for action in WAY:
        if held.state != state:
            held = STEPS[action](held, filler, chief)
    return held


class TestTheTable:
    @pytest.mark.parametrize("action", Action)
    @pytest.mark.parametrize("state", Stage)
    def test_is_kept_by_the_actions(self, state, action):
        filler, chief = people()
        held = a_return(state, filler, chief)

        if (state, action) in RETURN.table:
            STEPS[action](held, filler, chief)
            held.refresh_from_db()
            assert held.state == RETURN.table[state, action]
        else:
            with pytest.raises((ActionNotAllowed, actions.Stands)):
                STEPS[action](held, filler, chief)

    @pytest.mark.parametrize("action", [Action.APPROVE, Action.SIGN_OFF, Action.CORRECT])
    def test_leaves_approval_sign_off_and_correction_to_the_approver(self, action):
        filler, chief = people()
        state = next(start for (start, step) in RETURN.table if step is action)
        held = a_return(state, filler, chief)

        with pytest.raises(NotYours):
            STEPS[action](held, filler, filler)

    @pytest.mark.parametrize("role", ["inspector", "registrar", "administrator"])
    def test_lets_no_other_role_fill(self, role):
        with pytest.raises(Refusal, match=r"岗位|没有找到"):
            actions.save("2017-annex", ZHEJIANG, JUNE, Told(), at=NOW, by=an_actor(role, division=ZHEJIANG))

    @pytest.mark.parametrize("step", [actions.send_back, actions.withdraw])
    def test_asks_for_a_reason_on_the_way_back(self, step):
        filler, chief = people()
        held = a_return(Stage.CHECKED, filler, chief)

        with pytest.raises(BadInput):
            step(held.pk, reason=" ", at=NOW, by=filler if step is actions.withdraw else chief)

    def test_records_nothing_and_voids_nothing_where_nothing_is_changed(self):
        filler, chief = people()
        a_return(Stage.APPROVED, filler, chief)

        held = actions.save("2017-annex", ZHEJIANG, JUNE, Told(values=TYPED), at=NOW, by=filler)

        assert held.state == Stage.APPROVED


class TestTheDatabase:
    @pytest.mark.parametrize(
        ("name", "changes"),
        [
            # An unknown state and a version 0 break a neighbour too, and databases differ in which they name.
            (r"return_state_is_known|return_is_checked", {"state": "lost"}),
            (r"return_versions_begin_at_one|return_version_corrects", {"version": 0}),
            ("return_is_checked_at_and_by_on_a_text", {"state": "checked"}),
            ("return_is_approved_at_and_by_together", {"approved_at": NOW}),
            ("return_is_signed_off_with_digest_and_approver", {"digest": "0" * 64}),
            ("return_version_corrects_with_a_reason", {"version": 2}),
        ],
    )
    def test_insists(self, name, changes):
        filler, chief = people()
        held = a_return(Stage.DRAFT, filler, chief)

        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Return.objects.filter(pk=held.pk).update(**changes)

    def test_insists_that_a_second_post_approves(self):
        filler, chief = people()
        held = a_return(Stage.APPROVED, filler, chief)

        with pytest.raises(IntegrityError, match="return_is_approved_by_a_second_post"), transaction.atomic():
            Return.objects.filter(pk=held.pk).update(approved_by=filler.post_id)

    def test_insists_on_one_version_in_work(self):
        filler, chief = people()
        held = a_return(Stage.DRAFT, filler, chief)
        held.pk, held.version, held.corrects_id, held.correction_reason = None, 2, held.pk, "重复"
        held.id = an_actor().post_id

        with pytest.raises(IntegrityError), transaction.atomic():
            held.save(force_insert=True)
