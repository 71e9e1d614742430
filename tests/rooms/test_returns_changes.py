"""What changed between two returns, named by lift: closures, recurrences, corrections, transfers, late entries."""

from datetime import UTC, date, datetime

import pytest

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.hazards.models import EvidenceKind
from liftwarden.casework.hazards.rules import CorrectionKind
from liftwarden.casework.registry import actions as registry
from liftwarden.casework.registry.rules import UseAction
from liftwarden.ground.parties.actor import Actor
from liftwarden.kernel.periods import Period
from liftwarden.oversight.returns import actions, queries
from liftwarden.oversight.returns.changes import Kind
from liftwarden.oversight.returns.content import Told
from liftwarden.oversight.returns.models import Return
from liftwarden.oversight.returns.queries import Composed
from tests.factories import (
    BINJIANG,
    HANGZHOU,
    XIHU,
    ZHEJIANG,
    a_finding,
    a_lift,
    a_problem,
    an_actor,
    closed,
    day,
    show_evidence,
)

pytestmark = [pytest.mark.django_db, pytest.mark.clause("N2017-annex-A")]
MARCH, JUNE = Period(2017, 3), Period(2017, 6)
SPRING, SUMMER = datetime(2017, 4, 5, 4, tzinfo=UTC), datetime(2017, 7, 5, 4, tzinfo=UTC)
TYPED = {
    "J": "1",
    "K": "2",
    "hotline.in_service": "否",
    "disclosure.practised": "否",
    "texts.problems": "门锁",
    "texts.reasons": "资金",
}


def signed(period: Period, now: datetime, division: str = ZHEJIANG) -> Return:
    filler, chief = (an_actor(role, division=division, now=now) for role in ("statistician", "chief"))
    held = actions.save("2017-annex", division, period, Told(values=TYPED), at=now, by=filler)
    actions.check(held.pk, at=now, by=filler)
    actions.approve(held.pk, at=now, by=chief)
    return actions.sign_off(held.pk, at=now, by=chief)


def june(division: str = ZHEJIANG) -> Composed:
    return queries.preview("2017-annex", division, JUNE, by=an_actor("chief", division=division, now=SUMMER))


def flows(made: Composed, code: str) -> dict[Kind, int]:
    return {flow.kind: flow.delta for flow in made.flows(code)}


@pytest.fixture
def inspector() -> Actor:
    return an_actor("inspector", now=SUMMER)


@pytest.fixture
def chief() -> Actor:
    return an_actor("chief", now=SUMMER)


class TestTheChangeOfB:
    def test_is_closures_less_recurrences(self, inspector, chief):
        done = a_problem(by=inspector, found=day("2016-05-01"))
        closed(done, day("2017-02-01"), by=chief, checker=inspector)
        others = [a_problem(by=inspector, found=day("2016-05-01")) for _ in range(3)]
        signed(MARCH, SPRING)
        for problem in others[:2]:
            closed(problem, day("2017-05-01"), by=chief, checker=inspector)
        hazards.open_problem(done.lift_id, _same_cause(), by=inspector)

        made = june()

        assert (made.before.cell("B"), made.filled.cell("B")) == (1, 2)
        assert flows(made, "B") == {Kind.CLOSED: 2, Kind.REOPENED: -1}
        assert {move.lift_id for flow in made.flows("B") for move in flow.moves} == {
            done.lift_id,
            *(problem.lift_id for problem in others[:2]),
        }

    def test_adds_up_for_every_cell(self, inspector, chief):
        problems = [a_problem(by=inspector, found=day("2016-05-01")) for _ in range(4)]
        signed(MARCH, SPRING)
        closed(problems[0], day("2017-05-01"), by=chief, checker=inspector)
        hazards.correct(problems[1].file_id, CorrectionKind.DUPLICATE, reason="重复", at=day("2017-05-02"), by=chief)
        a_problem(by=inspector, found=day("2017-05-03"))
        a_problem(by=inspector, found=day("2017-03-03"))

        made = june()

        for code in "ABCDEFGHI":
            assert made.filled.cell(code) - made.before.cell(code) == sum(flow.delta for flow in made.flows(code)), code


def _same_cause():
    return a_finding(day("2017-06-01"))


class TestCorrections:
    def test_let_a_fall_with_their_written_reason(self, inspector, chief):
        problem = a_problem(by=inspector, found=day("2016-05-01"))
        signed(MARCH, SPRING)
        hazards.correct(
            problem.file_id, CorrectionKind.NEVER_A_LIFT, reason="实为升降平台", at=day("2017-05-02"), by=chief
        )

        made = june()

        assert [(c.cell, c.delta, c.reason, c.subject) for c in made.filled.corrections] == [
            ("A", -1, "更正，不再计数：实为升降平台", str(problem.lift_id))
        ]
        assert [finding for finding in made.findings if finding.rule == "A-frozen"] == []

    def test_are_what_an_override_of_a_lacks(self, inspector):
        a_problem(by=inspector, found=day("2016-05-01"))
        signed(MARCH, SPRING)
        filler = an_actor("statistician", division=ZHEJIANG, now=SUMMER)
        told = Told(values={**TYPED, "A": "2", "C": "2"}, because={"A": "漏报", "C": "漏报"})

        held = actions.save("2017-annex", ZHEJIANG, JUNE, told, at=SUMMER, by=filler)

        with pytest.raises(actions.RulesBroken, match="A=2，上期 A=1，无更正，差 1"):
            actions.check(held.pk, at=SUMMER, by=filler)

    def test_name_a_lift_added_to_a_after_it_was_frozen(self, inspector):
        signed(MARCH, SPRING)
        upper = an_actor("chief", division=XIHU, now=SUMMER)
        lift = a_lift()
        hazards.open_problem(lift.pk, a_finding(day("2016-06-01")), correction_reason="2016年台账漏登", by=upper)

        made = june()

        assert [(c.cell, c.delta, c.reason) for c in made.filled.corrections] == [("A", 1, "基准补录：2016年台账漏登")]
        assert [finding for finding in made.findings if finding.rule == "A-frozen"] == []

    def test_name_a_transfer_on_both_sides_and_not_above(self, inspector):
        problem = a_problem(a_lift(division=XIHU), by=inspector, found=day("2016-05-01"))
        for division in (XIHU, BINJIANG, ZHEJIANG):
            signed(MARCH, SPRING, division)
        upper = an_actor("chief", division=HANGZHOU, now=SUMMER)
        hazards.transfer(problem.file_id, division=BINJIANG, reason="区划调整", at=day("2017-05-02"), by=upper)

        left, came, above = june(XIHU), june(BINJIANG), june(ZHEJIANG)

        assert [(c.delta, c.reason) for c in left.filled.corrections] == [(-1, "移交其他区划：区划调整")]
        assert [(c.delta, c.reason) for c in came.filled.corrections] == [(1, "自其他区划移入：区划调整")]
        assert above.filled.corrections == ()


class TestAdjustments:
    def test_are_late_facts_of_the_period_signed_off_and_nothing_of_the_new_one(self, inspector, chief):
        first = a_problem(by=inspector, found=day("2017-02-01"))
        signed(MARCH, SPRING)
        closed(first, day("2017-03-20"), by=chief, checker=inspector)
        a_problem(by=inspector, found=day("2017-05-01"))

        told = june().filled.adjustments

        assert {(c.cell, c.delta) for c in told} == {("H", -1), ("G", 1)}
        assert {c.subject for c in told} == {str(first.lift_id)}

    def test_are_none_where_nothing_was_learned_late(self, inspector):
        signed(MARCH, SPRING)
        a_problem(by=inspector, found=day("2017-05-01"))

        assert june().filled.adjustments == ()


class TestAComparison:
    def test_read_backwards_names_the_same_lifts_the_other_way(self, inspector, chief):
        problem = a_problem(by=inspector, found=day("2016-05-01"))
        early = signed(MARCH, SPRING)
        closed(problem, day("2017-05-01"), by=chief, checker=inspector)
        late = signed(JUNE, SUMMER)

        forward, backward = queries.compared(early, late), queries.compared(late, early)

        assert [(move.before, move.after) for move in forward.moves] == [("C", "B")]
        assert [(move.before, move.after) for move in backward.moves] == [("B", "C")]


class TestDismantledLifts:
    def test_are_shown_apart_within_their_cell(self, inspector, chief):
        lift = a_lift()
        problem = a_problem(lift, by=inspector, found=day("2017-02-01"))
        registrar = an_actor("registrar", now=SUMMER)
        registry.change_use(
            lift.pk, UseAction.DISMANTLE, on=date(2017, 5, 1), reason="拆楼", acting_body="使用单位", by=registrar
        )
        show_evidence(problem, EvidenceKind.DEREGISTRATION, by=chief)
        hazards.close_as_dismantled(problem.pk, at=day("2017-05-02"), by=chief)

        made = june()

        assert made.filled.cell("G") == 1
        assert made.filled.notes == ("其中拆除并注销的电梯：G 中 1 台",)
