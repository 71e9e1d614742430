"""What the ledger lets people do, told as deeds: look-back, evidence, the frame, corrections."""

import base64
import io
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from PIL import Image

from liftwarden.casework.hazards import queries
from liftwarden.casework.hazards.models import Evidence
from liftwarden.doors.cli.evidence import attach_evidence
from liftwarden.doors.threshold.deed import InvalidFields
from liftwarden.doors.threshold.deeds import deeds
from liftwarden.doors.threshold.perform import perform
from liftwarden.ground.parties.actor import Actor
from tests.factories import XIHU, a_lift, a_problem, an_actor, day

pytestmark = pytest.mark.django_db
PLAN = {"division": XIHU, "name": "春季", "from_on": "2017-04-01", "to_on": "2017-04-30"}
SEEN = {"category": "door", "cause": "ageing", "description": "层门锁失效"}


@pytest.fixture
def chief() -> Actor:
    return an_actor("chief")


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path


def do(deed: str, by: Actor, /, **told: Any) -> dict[str, Any]:
    return perform(deeds()[deed], told, by=by)


def a_photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (32, 32), "navy").save(out, "JPEG")
    return out.getvalue()


def filed(by: Actor) -> dict[str, Any]:
    return do("file-completed", by, lift=str(a_lift().pk), **SEEN, found_at="2015-05-01", completed_at="2015-09-30")


class TestLookBack:
    def test_is_planned_as_a_share_and_visited(self, chief):
        filed(chief)
        plan = do("plan-share", chief, **PLAN, share="0.5", seed="2017", at="2017-04-01")
        visit = queries.visits(chief).get(plan_id=plan["id"])

        told = do("visit-found", chief, visit=str(visit.pk), **SEEN, found_at="2017-04-03")

        assert told["state"] == "recurred"

    def test_is_planned_as_a_sample(self, chief):
        filed(chief)

        assert do("plan-sample", chief, **PLAN, size="3", seed="1", at="2017-04-01")["drawn"] == 1

    def test_is_planned_as_a_sweep_before_a_guarantee_period(self, chief):
        filed(chief)
        period = do(
            "declare-guarantee-period",
            chief,
            division=XIHU,
            name="论坛",
            from_on="2017-04-20",
            to_on="2017-04-22",
            source="通知",
            at="2017-03-01",
        )

        plan = do("plan-sweep", chief, **PLAN, guarantee=period["id"], at="2017-04-01")

        assert plan["due_on"] == "2017-04-19"

    def test_without_access_and_then_clear(self, chief):
        filed(chief)
        do("plan-sweep", chief, **PLAN, at="2017-04-01")
        visit = str(queries.visits(chief).get().pk)
        do("visit-no-access", chief, visit=visit, note="无人应答", at="2017-04-02")

        assert do("visit-clear", chief, visit=visit, at="2017-04-03")["tries"] == 2

    def test_names_every_field_that_is_missing(self, chief):
        with pytest.raises(InvalidFields) as refused:
            do("plan-sample", chief, division=XIHU)

        assert {error.field for error in refused.value.errors} == {"name", "from_on", "to_on", "size", "seed"}


class TestEvidence:
    def test_is_attached_as_base64(self, chief):
        problem = a_problem(by=chief)

        told = do(
            "attach-evidence",
            chief,
            problem=str(problem.pk),
            kind="after",
            name="照片.jpg",
            content=base64.b64encode(a_photo()).decode(),
        )

        assert queries.evidence_file(UUID(told["id"]), by=chief)[0] == "image/jpeg"

    def test_is_attached_from_a_file_on_the_command_line(self, chief, media):
        problem = a_problem(by=chief)
        path = media / "照片.jpg"
        path.write_bytes(a_photo())

        ran = CliRunner().invoke(
            attach_evidence, [str(problem.pk), "--as", chief.login, "--kind", "before", "--file", str(path)]
        )

        assert (ran.exit_code, Evidence.objects.get().kind) == (0, "before")


class TestCorrections:
    def test_completed_before_the_baseline_day(self, chief):
        problem = a_problem(by=chief, found=day("2016-05-01"))

        told = do(
            "correct-as-done-before",
            chief,
            file=str(problem.file_id),
            completed_at="2016-11-01",
            reason="当年已整改",
            at="2017-05-01",
        )

        assert told["cohort"] == "frame"

    def test_of_a_duplicate(self, chief):
        problem = a_problem(by=chief)

        told = do("correct-file", chief, file=str(problem.file_id), kind="duplicate", reason="重复", at="2017-05-01")

        assert (told["correction"], told["cell"]) == ("duplicate", "X")

    def test_with_a_form_of_its_own_is_not_offered_here(self, chief):
        with pytest.raises(InvalidFields):
            do("correct-file", chief, file=str(a_problem(by=chief).file_id), kind="transfer", reason="误")

    def test_a_new_problem_takes_the_scheme_of_its_day(self, chief):
        told = do("open-problem", chief, lift=str(a_lift().pk), **SEEN, found_at="2017-02-01")

        assert told["grade_scheme"] == "2015"


def test_stopping_use_leaves_the_class_alone(chief):
    problem = a_problem(by=chief)

    told = do("order-stop-use", chief, problem=str(problem.pk), reason="门锁短接", at="2017-02-02")

    assert (told["stop_use"], told["state"]) == (True, "found")
