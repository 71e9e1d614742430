"""A division's return beside those below it: sums, recount, receipts, chase list, differences."""

from datetime import UTC, datetime

import pytest

from liftwarden.kernel.periods import Period
from liftwarden.kernel.refusals import NotFound
from liftwarden.oversight.returns import actions, deadlines, rollup
from liftwarden.oversight.returns.content import Told
from liftwarden.oversight.returns.deadlines import Receipt
from liftwarden.oversight.returns.models import Return
from liftwarden.oversight.returns.rollup import RollUp, Work
from tests.factories import HANGZHOU, JIANGSU, XIHU, ZHEJIANG, a_problem, an_actor, day

pytestmark = [pytest.mark.django_db, pytest.mark.clause("N2017-annex-note-4")]
JUNE = Period(2017, 6)
IN_TIME, LATE = datetime(2017, 7, 5, 4, tzinfo=UTC), datetime(2017, 7, 10, 4, tzinfo=UTC)
NINGBO = "330200"
TYPED = {"J": "1", "K": "2", "hotline.in_service": "否", "disclosure.practised": "否", "texts.problems": "门锁"}


def signed(division: str, now: datetime = IN_TIME, told: Told | None = None) -> Return:
    filler, chief = (an_actor(role, division=division, now=now) for role in ("statistician", "chief"))
    held = actions.save("2017-annex", division, JUNE, told or Told(values=TYPED), at=now, by=filler)
    actions.check(held.pk, at=now, by=filler)
    actions.approve(held.pk, at=now, by=chief)
    return actions.sign_off(held.pk, at=now, by=chief)


def told(division: str = ZHEJIANG, now: datetime = LATE) -> RollUp:
    return rollup.rollup("2017-annex", division, JUNE, now=now, by=an_actor("chief", division=division, now=now))


def receipt(found: RollUp, division: str) -> Receipt:
    return next(filing.receipt for filing in found.filings if filing.division.code == division)


class TestReceipts:
    def test_are_due_five_working_days_after_the_quarter(self):
        assert deadlines.due_on("2017-annex", JUNE).isoformat() == "2017-07-07"

    def test_tell_received_late_missing_and_awaited_apart(self):
        signed(HANGZHOU)
        signed(NINGBO, LATE)

        after, before = told(), told(now=IN_TIME)

        assert receipt(after, HANGZHOU) is Receipt.RECEIVED
        assert receipt(after, NINGBO) is Receipt.LATE
        assert receipt(after, "330300") is Receipt.MISSING
        assert receipt(before, "330300") is Receipt.AWAITED

    def test_stay_in_time_when_a_correction_comes_later(self):
        held = signed(HANGZHOU)
        filler, chief = (an_actor(role, division=HANGZHOU, now=LATE) for role in ("statistician", "chief"))
        new = actions.correct(held.pk, reason="笔误", at=LATE, by=chief)
        actions.save("2017-annex", HANGZHOU, JUNE, Told(values={"K": "3"}), at=LATE, by=filler)
        actions.check(new.pk, at=LATE, by=filler)
        actions.approve(new.pk, at=LATE, by=chief)
        actions.sign_off(new.pk, at=LATE, by=chief)

        assert receipt(told(), HANGZHOU) is Receipt.RECEIVED

    def test_of_the_nation_are_thirty_one_provinces_and_the_corps(self):
        found = told("000000")

        assert len(found.filings) == 32
        assert any("兵团" in filing.division.name for filing in found.filings)

    def test_put_the_overdue_first_on_the_chase_list(self):
        signed(HANGZHOU)

        assert [filing.receipt for filing in told().chase] == [Receipt.MISSING] * 10


class TestSums:
    def test_add_up_what_was_filed_and_stand_beside_the_recount(self):
        a_problem(by=an_actor("inspector", now=IN_TIME), found=day("2017-02-01"))
        signed(HANGZHOU)
        signed(NINGBO)

        found = told()

        cells = {cell.code: (found.summed(cell), found.recount.get(cell.code)) for cell in found.form.cells}
        assert (cells["F"], cells["H"], cells["K"]) == ((1, 1), (1, 1), (4, None))

    def test_are_absent_not_zero_where_nobody_filed(self):
        found = told()

        assert [found.summed(cell) for cell in found.form.cells] == [None] * 11


class TestDifferences:
    def test_name_the_lift_that_the_ledger_learned_after_sign_off(self):
        signed(HANGZHOU)
        late = a_problem(by=an_actor("inspector", now=LATE), found=day("2017-05-01"))

        items = [item for item in rollup.work_items(told()) if item.work is Work.LEDGER_MOVED]

        assert {(item.division, item.cell, item.filed, item.recount) for item in items} == {
            (HANGZHOU, "F", 0, 1),
            (HANGZHOU, "H", 0, 1),
        }
        assert {move.lift_id for item in items for move in item.moves} == {late.lift_id}

    def test_carry_the_reason_of_an_override(self):
        because = {"F": "未入账", "H": "未入账"}
        signed(HANGZHOU, told=Told(values={**TYPED, "F": "1", "H": "1"}, because=because))

        items = [item for item in rollup.work_items(told()) if item.work is Work.OVERRIDDEN]

        assert [(item.cell, item.filed, item.recount, item.reason) for item in items] == [
            ("F", 1, 0, "未入账"),
            ("H", 1, 0, "未入账"),
        ]

    def test_list_those_who_have_not_filed(self):
        signed(HANGZHOU)

        items = [item for item in rollup.work_items(told()) if item.work is Work.NOT_FILED]

        assert len(items) == 10
        assert HANGZHOU not in {item.division for item in items}

    def test_find_an_own_return_that_is_not_the_sum_of_all_below(self):
        for child in ("330102", "330103"):
            signed(child)
        signed(XIHU, told=Told(values={**TYPED, "K": "9"}))
        found = told(HANGZHOU)
        for filing in found.filings:
            if filing.filed is None:
                signed(filing.division.code)
        signed(HANGZHOU)

        items = [item for item in rollup.work_items(told(HANGZHOU)) if item.work is Work.OWN_SUM]

        assert {item.cell for item in items} == {"J", "K"}

    def test_are_none_where_all_agrees(self):
        a_problem(by=an_actor("inspector", now=IN_TIME), found=day("2017-02-01"))
        for filing in told(HANGZHOU).filings:
            signed(filing.division.code)

        assert (
            rollup.differences(
                "2017-annex", HANGZHOU, JUNE, now=LATE, by=an_actor("chief", division=HANGZHOU, now=LATE)
            )
            == ()
        )

    def test_are_hidden_from_a_foreign_division(self):
        with pytest.raises(NotFound):
            rollup.rollup("2017-annex", ZHEJIANG, JUNE, now=LATE, by=an_actor("chief", division=JIANGSU, now=LATE))
