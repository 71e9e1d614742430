"""An import is seen whole or not at all; it can be stopped, resumed, given up and repeated."""

from datetime import date
from pathlib import Path

import pytest
from stdnum.cn import uscc

from liftwarden.casework.registry import queries
from liftwarden.casework.registry.importing import actions, publishing, staging
from liftwarden.casework.registry.importing.actions import NothingToResume, Unfinished
from liftwarden.casework.registry.importing.faults import Rule
from liftwarden.casework.registry.importing.mapping import parse
from liftwarden.casework.registry.models import ImportJob, Lift, LiftParty, SearchText
from liftwarden.casework.registry.rules import PartyRole
from liftwarden.ground.journal.models import Entry
from liftwarden.ground.journal.verify import verify
from liftwarden.ground.parties import actions as parties
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.models import Body, BodyKind
from liftwarden.kernel.refusals import NotYours
from tests.factories import HANGZHOU, a_body, a_lift, an_actor
from tests.imports import MAPPING, a_csv, a_mapping, a_row, an_importer, imported, quiet

pytestmark = [pytest.mark.django_db, pytest.mark.clause("N2017-2.3")]


class Killed(BaseException):
    """Stands for the death of the process: nothing catches it."""


@pytest.fixture
def by() -> Actor:
    return an_importer()


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "CHUNK", 3)


@pytest.fixture
def stopped(tmp_path: Path, by: Actor, small_chunks: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of ten rows whose import died after six of them were written."""
    file = a_csv(tmp_path / "a.csv", [a_row(number) for number in range(1, 11)])
    write, calls = staging.Stager.write, []

    def dying(self: staging.Stager, chunk: staging.Chunk) -> None:
        if len(calls) == 2:
            raise Killed
        calls.append(chunk)
        write(self, chunk)

    with monkeypatch.context() as patch:
        patch.setattr(staging.Stager, "write", dying)
        with pytest.raises(Killed):
            imported(file, by=by)
    return file


class TestBeforeItIsPublished:
    def test_the_lifts_written_are_seen_by_nobody(self, stopped, by):
        assert Lift.objects.count() == 6
        assert queries.visible(by).count() == 0

    def test_they_are_found_neither_by_number_nor_by_address(self, stopped, by):
        assert queries.found("311033ABC201600001", by=by) == []
        assert queries.found("文三路", by=by) == []

    def test_their_bodies_are_not_on_file_yet(self, stopped):
        assert not Body.objects.filter(name="幸福物业").exists()

    def test_the_use_unit_of_a_hidden_lift_does_not_see_it(self, by, tmp_path, monkeypatch):
        unit = a_body(name="幸福物业")
        monkeypatch.setattr(publishing, "publish", lambda *args, **kwargs: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            imported(a_csv(tmp_path / "a.csv", [a_row(1)]), by=by)

        assert LiftParty.objects.filter(body_id=unit.pk).exists()
        assert queries.visible(an_actor("use_unit", body=unit)).count() == 0

    def test_the_journal_verifies_at_that_moment(self, stopped):
        assert verify().breaks == ()

    def test_a_second_start_is_refused_and_says_how_to_go_on(self, stopped, by):
        with pytest.raises(Unfinished, match="--resume"):
            imported(stopped, by=by)

    def test_a_number_of_a_hidden_lift_is_named_as_such_to_another_import(self, stopped, by, tmp_path):
        other = a_csv(tmp_path / "b.csv", [a_row(1, 地址="别处")])

        faults = actions.check(other, a_mapping(), by=by, progress=quiet).plan.faults

        assert {fault.rule for fault in faults} == {Rule.NUMBER_TAKEN}
        assert "尚未发布" in faults[0].allowed


class TestResuming:
    def test_writes_the_rest_once_and_publishes_all(self, stopped, by):
        actions.resume(stopped, a_mapping(), by=by, progress=quiet)

        assert queries.visible(by).count() == Lift.objects.count() == 10
        assert Entry.objects.filter(event="lift.registered").count() == 10

    def test_leaves_one_search_row_and_one_party_for_each_lift(self, stopped, by):
        actions.resume(stopped, a_mapping(), by=by, progress=quiet)

        assert (SearchText.objects.count(), LiftParty.objects.count()) == (10, 10)
        assert verify().breaks == ()

    def test_is_refused_where_nothing_is_under_way(self, by, tmp_path):
        with pytest.raises(NothingToResume):
            actions.resume(a_csv(tmp_path / "a.csv", [a_row(1)]), a_mapping(), by=by, progress=quiet)

    def test_goes_round_a_number_that_was_taken_meanwhile(self, stopped, by):
        a_lift(device_code="311033ABC201600009", by=by, division=HANGZHOU)

        outcome = actions.resume(stopped, a_mapping(), by=by, progress=quiet)

        assert [fault.rule for fault in outcome.plan.faults] == [Rule.ALREADY_REGISTERED]
        assert queries.visible(by).count() == 10


class TestAbandoning:
    def test_gives_the_numbers_free(self, stopped, by, small_chunks):
        actions.abandon(stopped, a_mapping(), by=by, progress=quiet)

        assert imported(stopped, by=by).plan.counts()["added"] == 10

    def test_leaves_nothing_to_see_and_the_journal_whole(self, stopped, by):
        actions.abandon(stopped, a_mapping(), by=by, progress=quiet)

        assert queries.visible(by).count() == 0
        assert SearchText.objects.count() == 0
        assert verify().breaks == ()


class TestMeanwhile:
    def test_a_number_registered_between_check_and_writing_rejects_its_row_only(self, by, tmp_path, monkeypatch):
        file = a_csv(tmp_path / "a.csv", [a_row(number) for number in (1, 2, 3)])
        ready = staging.Stager.ready

        def late(self: staging.Stager, candidates: list) -> staging.Chunk:
            if not Lift.objects.filter(device_code="311033ABC201600002").exists():
                a_lift(device_code="311033ABC201600002", by=by, division=HANGZHOU)
            return ready(self, candidates)

        monkeypatch.setattr(staging.Stager, "ready", late)

        outcome = imported(file, by=by)

        assert [(f.row, f.rule) for f in outcome.plan.faults] == [(3, Rule.ALREADY_REGISTERED)]
        assert queries.visible(by).count() == 3


class TestRepeating:
    @pytest.mark.parametrize("mode", ["skip", "update"])
    def test_the_same_file_twice_changes_nothing_the_second_time(self, mode, by, tmp_path):
        file, mapping = a_csv(tmp_path / "a.csv", [a_row(n) for n in (1, 2)]), a_mapping(add=mode)
        imported(file, mapping, by=by)
        before = Entry.objects.count()

        imported(file, mapping, by=by)

        assert Entry.objects.count() == before

    def test_in_mode_add_it_is_an_error_for_each_row(self, by, tmp_path):
        file = a_csv(tmp_path / "a.csv", [a_row(n) for n in (1, 2)])
        imported(file, by=by)

        assert [f.rule for f in imported(file, by=by).plan.faults] == [Rule.ALREADY_REGISTERED] * 2


class TestUpdating:
    @pytest.fixture(autouse=True)
    def first(self, by: Actor, tmp_path: Path) -> None:
        imported(a_csv(tmp_path / "first.csv", [a_row(1), a_row(2)]), by=by)

    def again(self, by: Actor, tmp_path: Path, *rows: dict, text: str = MAPPING):
        mapping = parse(text.replace('mode = "add"', 'mode = "update"'))
        return imported(a_csv(tmp_path / "again.csv", list(rows)), mapping, by=by)

    def test_records_only_what_differs(self, by, tmp_path):
        self.again(by, tmp_path, a_row(1, 层站=20), a_row(2))

        entries = Entry.objects.filter(event="lift.amended")
        assert [entry.changes for entry in entries] == ['{"floors":20}']

    def test_a_blank_says_nothing(self, by, tmp_path):
        self.again(by, tmp_path, a_row(1, 制造日期=""))

        assert Lift.objects.get(device_code="311033ABC201600001").made_on == date(2016, 1, 5)

    def test_a_blank_clears_where_the_mapping_says_so(self, by, tmp_path):
        self.again(
            by, tmp_path, a_row(1, 制造日期=""), text=MAPPING.replace("[columns]", 'blank = "clear"\n[columns]', 1)
        )

        assert Lift.objects.get(device_code="311033ABC201600001").made_on is None

    def test_a_use_state_moves_by_its_lifecycle_and_is_told_as_such(self, by, tmp_path):
        self.again(by, tmp_path, a_row(1, 状态="停用"))

        assert Entry.objects.filter(event="lift.use-stop").count() == 1

    def test_a_use_state_that_its_lifecycle_does_not_know_is_an_error(self, by, tmp_path):
        self.again(by, tmp_path, a_row(1, 状态="报废"))

        outcome = self.again(by, tmp_path, a_row(1, 状态="在用", 层站=3))

        assert [fault.rule for fault in outcome.plan.faults] == [Rule.USE_STATE_STEP]

    def test_a_new_firm_ends_the_one_in_office(self, by, tmp_path):
        for name in ("甲维保", "乙维保"):
            a_body(BodyKind.MAINTENANCE, name=name)
        self.again(by, tmp_path, a_row(1, 维保单位="甲维保", 维保起始="2017-01-01"))

        self.again(by, tmp_path, a_row(1, 维保单位="乙维保", 维保起始="2017-03-01"))

        lift = Lift.objects.get(device_code="311033ABC201600001")
        spans = [(p.from_on, p.to_on) for p in queries.parties(lift) if p.role == PartyRole.MAINTENANCE]
        assert spans == [(date(2017, 3, 1), None), (date(2017, 1, 1), date(2017, 3, 1))]

    def test_another_division_is_an_error_and_names_the_way(self, by, tmp_path):
        faults = self.again(by, tmp_path, a_row(1, 区划="330108")).plan.faults

        assert [(fault.rule, "330106" in fault.allowed) for fault in faults] == [(Rule.OTHER_DIVISION, True)]

    def test_an_amended_address_is_found_by_search(self, by, tmp_path):
        self.again(by, tmp_path, a_row(1, 地址="龙井路8号"))

        assert [lift.device_code for lift in queries.found("ljl8h", by=by)] == ["311033ABC201600001"]

    def test_the_journal_verifies(self, by, tmp_path):
        self.again(by, tmp_path, a_row(1, 层站=20, 状态="停用", 使用单位="新物业"), a_row(3))

        assert verify().breaks == ()


class TestManyAmendments:
    """SQLite has one writer: what would hold it too long is refused, or done in blocks where the mapping says so."""

    @pytest.fixture(autouse=True)
    def few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from django.db import connection

        if connection.vendor != "sqlite":
            pytest.skip("PostgreSQL takes them all at once")
        monkeypatch.setattr(publishing, "MOST_AT_ONCE", 2)
        monkeypatch.setattr(publishing, "BLOCK", 2)

    def amended(self, by: Actor, tmp_path: Path, amend: str):
        text = MAPPING.replace('mode = "add"', f'mode = "update"\namend = "{amend}"')
        rows = [a_row(number, 层站=20, 使用单位=f"新物业{number}") for number in range(1, 6)]
        for row in rows:
            row["维保单位"] = row["维保起始"] = ""
        imported(a_csv(tmp_path / "first.csv", [a_row(number, 使用单位="") for number in range(1, 6)]), by=by)
        return imported(a_csv(tmp_path / "again.csv", rows), parse(text), by=by)

    def test_are_refused_with_the_ways_out_and_leave_nothing_behind(self, by, tmp_path):
        with pytest.raises(publishing.TooManyAtOnce, match="in_blocks"):
            self.amended(by, tmp_path, "at_once")

        assert ImportJob.objects.filter(state="staging").count() == 0
        assert not Entry.objects.filter(event="lift.amended").exists()

    def test_are_made_in_blocks_where_the_mapping_allows(self, by, tmp_path):
        outcome = self.amended(by, tmp_path, "in_blocks")

        assert outcome.plan.counts()["updated"] == 5
        assert set(Lift.objects.values_list("floors", flat=True)) == {20}
        assert verify().breaks == ()


class TestBodies:
    def test_one_body_is_made_for_a_name_however_many_rows_bear_it(self, by, tmp_path):
        imported(a_csv(tmp_path / "a.csv", [a_row(n) for n in (1, 2, 3)]), by=by)

        assert Body.objects.filter(name="幸福物业").count() == 1

    def test_a_body_on_file_is_taken_by_its_credit_code_whatever_its_name(self, by, tmp_path):
        code = "91330106MA27XYQJ5" + uscc.calc_check_digit("91330106MA27XYQJ5")
        held = parties.add_body("旧名物业", kind=BodyKind.USE_UNIT, division=HANGZHOU, credit=code, by=by.hand)

        imported(a_csv(tmp_path / "a.csv", [a_row(1, 信用代码=code)]), by=by)

        assert LiftParty.objects.get().body_id == held.pk

    def test_who_may_not_keep_bodies_may_not_import_with_a_mapping_that_makes_them(self, tmp_path):
        with pytest.raises(NotYours):
            imported(a_csv(tmp_path / "a.csv", [a_row(1)]), by=an_actor("chief", division=HANGZHOU))


class TestItsOwnRow:
    def test_tells_how_it_went(self, by, tmp_path):
        imported(a_csv(tmp_path / "a.csv", [a_row(1), a_row(2, 制造日期="x")]), by=by)

        job = ImportJob.objects.get()
        assert (job.state, job.rows, job.added, job.rejected) == ("published", 2, 1, 1)
