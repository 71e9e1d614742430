"""A return from its first figure to its signed-off files, and what happens after."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.core.files.storage import default_storage

from liftwarden.casework.hazards import queries as hazards
from liftwarden.ground.journal.models import Entry
from liftwarden.ground.journal.verify import verify
from liftwarden.ground.papers.store import PaperDamaged
from liftwarden.ground.parties import actions as parties
from liftwarden.ground.parties import queries as party_queries
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import Period
from liftwarden.kernel.refusals import ActionNotAllowed, NotFound, NotYours
from liftwarden.oversight.returns import actions, queries
from liftwarden.oversight.returns.content import NoReason, Told
from liftwarden.oversight.returns.filled import Stage
from liftwarden.oversight.returns.models import Return
from tests.factories import HANGZHOU, JIANGSU, NOW, XIHU, ZHEJIANG, a_problem, an_actor, closed, day

pytestmark = [pytest.mark.django_db, pytest.mark.clause("N2017-annex-A")]
JUNE, SEPTEMBER = Period(2017, 6), Period(2017, 9)
AUTUMN = datetime(2017, 10, 10, 4, 0, tzinfo=UTC)
TYPED = {
    "J": "11",
    "K": "300000",
    "hotline.in_service": "是",
    "hotline.number": "96333",
    "disclosure.practised": "是",
    "disclosure.forms": "季度",
    "disclosure.content": "维保单位、检验结论",
    "texts.problems": "层门锁失效",
}


def people(division: str = ZHEJIANG, now: datetime = NOW) -> tuple[Actor, Actor]:
    return an_actor("statistician", division=division, now=now), an_actor("chief", division=division, now=now)


def a_draft(by: Actor, period: Period = JUNE, **values: str) -> Return:
    told = Told(values={**TYPED, **values}, contact="张三 0571-12345678")
    return actions.save("2017-annex", by.division, period, told, at=by.now, by=by)


def signed(filler: Actor, chief: Actor, period: Period = JUNE) -> Return:
    held = a_draft(filler, period)
    actions.check(held.pk, at=filler.now, by=filler)
    actions.approve(held.pk, at=chief.now, by=chief)
    return actions.sign_off(held.pk, at=chief.now, by=chief)


class TestTheWay:
    def test_leads_from_the_ledger_to_files_by_digest(self):
        filler, chief = people()
        a_problem(by=an_actor("inspector"), found=day("2017-02-01"))

        held = signed(filler, chief)

        assert held.state == Stage.SIGNED_OFF
        assert queries.read(held).cell("F") == 1
        formats = {each.format: each.sha256 for each in queries.files_of(held)}
        assert set(formats) == {"json", "docx", "html", "pdf", "xlsx"}
        assert formats["json"] == held.digest
        assert queries.file_by_digest(formats["docx"], by=chief).data.startswith(b"PK")

    def test_prints_the_contact_that_neither_digest_nor_journal_knows(self):
        filler, chief = people()
        held = signed(filler, chief)

        page = next(each for each in queries.files_of(held) if each.format == "html")
        assert "张三 0571-12345678" in queries.file_by_digest(page.sha256, by=chief).data.decode()
        assert "张三" not in held.agreed
        assert not Entry.objects.filter(changes__contains="张三").exists()

    def test_leaves_a_journal_that_verifies(self):
        filler, chief = people()
        signed(filler, chief)

        assert verify().breaks == ()

    def test_refuses_a_check_while_a_rule_is_broken(self):
        filler, _ = people()
        held = actions.save("2017-annex", ZHEJIANG, JUNE, Told(), at=NOW, by=filler)

        with pytest.raises(actions.RulesBroken, match="J 未填写"):
            actions.check(held.pk, at=NOW, by=filler)

    @pytest.mark.clause("N2017-annex-note-2")
    def test_refuses_an_override_that_breaks_a_sum_with_both_sides(self):
        filler, _ = people()
        a_problem(by=an_actor("inspector"), found=day("2017-02-01"))
        told = Told(values={**TYPED, "H": "3"}, because={"H": "台账漏两台"})
        held = actions.save("2017-annex", ZHEJIANG, JUNE, told, at=NOW, by=filler)

        with pytest.raises(actions.RulesBroken, match=r"F=1，G\+H\+I=3，差 2"):
            actions.check(held.pk, at=NOW, by=filler)

    def test_refuses_an_override_without_a_reason(self):
        filler, _ = people()

        with pytest.raises(NoReason):
            a_draft(filler, H="3")

    def test_keeps_the_ledgers_number_beside_an_override(self):
        filler, _ = people()
        a_problem(by=an_actor("inspector"), found=day("2017-02-01"))
        told = Told(values={"F": "2", "H": "2"}, because={"F": "另一台未入账", "H": "另一台未入账"})
        held = actions.save("2017-annex", ZHEJIANG, JUNE, told, at=NOW, by=filler)

        (f, h) = queries.composed(held).filled.overrides

        assert (f.cell, f.ledger, f.typed, f.reason) == ("F", 1, 2, "另一台未入账")
        assert h.by.startswith("统计员（")

    def test_refuses_approval_by_the_filler(self):
        filler, chief = people()
        held = a_draft(filler)
        actions.check(held.pk, at=NOW, by=filler)
        parties.appoint(
            filler.person_id,
            role="chief",
            body_id=chief.body_id,
            division=ZHEJIANG,
            from_on=day("2016-01-01").date(),
            by=chief.hand,
        )
        same_person = party_queries.actor(filler.login, channel="test", now=NOW, wanting=Permission.RETURN_APPROVE)

        with pytest.raises(actions.SecondPerson):
            actions.approve(held.pk, at=NOW, by=same_person)

    def test_refuses_to_check_a_period_that_still_runs(self):
        filler, _ = people()
        held = a_draft(filler, SEPTEMBER)

        with pytest.raises(actions.PeriodNotOver):
            actions.check(held.pk, at=NOW, by=filler)

    def test_voids_the_approval_when_the_ledger_moves_and_names_the_difference(self):
        filler, chief = people()
        held = a_draft(filler)
        actions.check(held.pk, at=NOW, by=filler)
        actions.approve(held.pk, at=NOW, by=chief)
        a_problem(by=an_actor("inspector"), found=day("2017-06-20"))

        with pytest.raises(actions.ChangedSince, match="F 0→1；H 0→1"):
            actions.sign_off(held.pk, at=NOW, by=chief)

    def test_voids_the_approval_when_something_is_typed(self):
        filler, chief = people()
        held = a_draft(filler)
        actions.check(held.pk, at=NOW, by=filler)
        actions.approve(held.pk, at=NOW, by=chief)

        held = a_draft(filler, K="300001")

        assert (held.state, held.approved_at) == (Stage.DRAFT, None)
        assert [(d.code, d.before, d.after) for d in queries.since_agreed(held, queries.composed(held))] == [
            ("K", "300000", "300001")
        ]

    def test_freezes_the_baseline_with_the_first_sign_off(self):
        filler, chief = people()
        a_problem(by=an_actor("inspector"), found=day("2016-05-01"))

        signed(filler, chief)

        frozen = hazards.baseline_freeze("2017", XIHU)
        assert frozen is not None
        assert frozen.figure == 1


class TestASignedOffReturn:
    def test_stands(self):
        filler, chief = people()
        signed(filler, chief)

        with pytest.raises(actions.Stands):
            a_draft(filler, K="1")

    @pytest.mark.parametrize("step", [actions.check, actions.approve, actions.sign_off])
    def test_takes_no_further_step(self, step):
        filler, chief = people()
        held = signed(filler, chief)

        with pytest.raises(ActionNotAllowed):
            step(held.pk, at=NOW, by=chief)

    def test_is_made_again_byte_for_byte_after_more_was_recorded(self):
        filler, chief = people()
        inspector, checker = an_actor("inspector"), an_actor("chief")
        problem = a_problem(by=inspector, found=day("2017-02-01"))
        held = signed(filler, chief)
        a_problem(by=inspector, found=day("2017-05-01"))
        closed(problem, day("2017-06-15"), by=checker, checker=inspector)
        held = queries.one(held.pk, by=chief)

        again = queries.rederived(held)

        assert again == held.agreed.encode()
        assert again == queries.file_by_digest(held.digest, by=chief).data

    def test_is_followed_by_prior_period_adjustments_named_by_lift(self):
        filler, chief = people()
        signed(filler, chief)
        late = a_problem(by=an_actor("inspector"), found=day("2017-05-01"))
        filler, chief = people(now=AUTUMN)

        held = a_draft(filler, SEPTEMBER)
        told = queries.composed(held).filled

        assert {(c.cell, c.delta, UUID(c.subject), c.period) for c in told.adjustments} == {
            ("H", 1, late.lift_id, "2017-06")
        }

    def test_with_adjustments_is_made_again_byte_for_byte(self):
        filler, chief = people()
        signed(filler, chief)
        a_problem(by=an_actor("inspector"), found=day("2017-05-01"))
        held = signed(*people(now=AUTUMN), period=SEPTEMBER)
        a_problem(by=an_actor("inspector", now=AUTUMN), found=day("2017-05-03"))

        held = Return.objects.get(pk=held.pk)

        assert "2017-06 签发后得知" in held.agreed
        assert queries.rederived(held) == held.agreed.encode()

    def test_is_corrected_by_a_new_version_while_the_old_files_are_served(self):
        filler, chief = people()
        old = signed(filler, chief)
        a_problem(by=an_actor("inspector"), found=day("2017-05-01"))

        new = actions.correct(old.pk, reason="漏报一台", at=NOW, by=chief)
        actions.check(new.pk, at=NOW, by=filler)
        actions.approve(new.pk, at=NOW, by=chief)
        new = actions.sign_off(new.pk, at=NOW, by=chief)

        assert (new.version, queries.read(new).cell("F"), queries.read(old).cell("F")) == (2, 1, 0)
        told = queries.compared(old, new)
        assert [(d.code, d.delta) for d in told.differences] == [("F", 1), ("H", 1)]
        assert len(told.moves) == 1
        assert json.loads(queries.file_by_digest(old.digest, by=chief).data)["cells"]["F"] == 0

    def test_is_not_corrected_by_the_filler(self):
        filler, chief = people()
        held = signed(filler, chief)

        with pytest.raises(NotYours):
            actions.correct(held.pk, reason="漏报", at=NOW, by=filler)

    def test_tells_of_a_file_whose_bytes_have_changed(self):
        filler, chief = people()
        held = signed(filler, chief)
        path = default_storage.path(f"papers/{held.digest[:2]}/{held.digest}")
        with open(path, "ab") as file:
            file.write(b" ")

        with pytest.raises(PaperDamaged):
            queries.file_by_digest(held.digest, by=chief)


class TestReach:
    def test_lets_a_superior_read_what_lies_below(self):
        held = a_draft(people(HANGZHOU)[0])

        assert queries.one(held.pk, by=an_actor("chief", division=ZHEJIANG)) == held

    @pytest.mark.parametrize("division", [JIANGSU, XIHU])
    def test_hides_a_return_from_siblings_and_from_below(self, division):
        held = a_draft(people(HANGZHOU)[0])
        foreign = an_actor("chief", division=division)

        with pytest.raises(NotFound):
            queries.one(held.pk, by=foreign)

    def test_hides_the_figures_of_a_foreign_division(self):
        with pytest.raises(NotFound):
            queries.preview("2017-annex", ZHEJIANG, JUNE, by=an_actor("chief", division=JIANGSU))

    def test_hides_the_files_of_a_foreign_division(self):
        held = signed(*people())

        with pytest.raises(NotFound):
            queries.file_by_digest(held.digest, by=an_actor("chief", division=JIANGSU))
