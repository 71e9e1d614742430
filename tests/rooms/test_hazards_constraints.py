"""What must always be true of the ledger is kept by the database: each constraint refuses a row that breaks it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, UniqueConstraint

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.hazards.actions.listings import ListingOrder
from liftwarden.casework.hazards.actions.look_back import Plan
from liftwarden.casework.hazards.actions.shut_downs import SealOrder
from liftwarden.casework.hazards.models import (
    BaselineFreeze,
    Evidence,
    GuaranteePeriod,
    Instruction,
    InstructionItem,
    Listing,
    LookBackPlan,
    LookBackVisit,
    Problem,
    ProblemFile,
    Reminder,
    ShutDown,
    Standing,
)
from liftwarden.ground.journal.actions import Hand
from liftwarden.ground.journal.keys import new_key
from tests.factories import XIHU, a_finding, a_lift, a_problem, an_actor, an_order, closed, day, show_evidence

pytestmark = pytest.mark.django_db
NOW = day("2017-06-01")


@pytest.fixture
def ledger() -> None:
    """One row of every kind at least."""
    chief, checker = an_actor("chief"), an_actor("inspector")
    problem = a_problem(by=chief, found=day("2016-05-01"))
    order = an_order(chief, deadline_on=date(2017, 5, 1))
    hazards.instruct([problem.pk], order, at=day("2017-03-01"), by=chief)
    show_evidence(problem, by=chief)
    seal = SealOrder("封1", "《特种设备安全法》第六十一条", "西湖区市场监管局")
    hazards.shut_down(problem.file_id, seal, at=day("2017-03-02"), by=chief)
    board = ListingOrder("李区长", date(2017, 6, 1), "fund")
    hazards.list_for_supervision(problem.file_id, board, at=day("2017-03-03"), by=chief)
    closed(a_problem(by=chief), day("2017-03-01"), by=chief, checker=checker)
    hazards.file_completed(a_lift().pk, a_finding(day("2015-05-01")), completed_at=day("2015-09-01"), by=chief)
    hazards.declare_guarantee_period(
        XIHU, name="论坛", from_on=date(2017, 5, 1), to_on=date(2017, 5, 9), source="通知", at=NOW, by=chief
    )
    hazards.plan_sweep(Plan(XIHU, "春季", date(2017, 6, 1), date(2017, 6, 30)), at=NOW, by=chief)
    hazards.freeze_baseline(XIHU, at=NOW, by=chief)
    hazards.raise_overdue(by=Hand(None, "clock", NOW), at=NOW)


def changed(model: type[models.Model], **values: Any) -> Callable[[], Any]:
    """Change every row of a model behind the actions' back."""
    return lambda: model._default_manager.update(**values)


def again(model: type[models.Model], **values: Any) -> Callable[[], Any]:
    """Copy a row under another key."""

    def copy() -> None:
        row = model._default_manager.first()
        assert row is not None
        row.pk = new_key()
        for column, value in values.items():
            setattr(row, column, value)
        row.save(force_insert=True)

    return copy


def ended(**values: Any) -> Callable[[], Any]:
    return lambda: Problem.objects.filter(state="closed").update(**values)


BREAKS: dict[str, Callable[[], Any]] = {
    "file_is_one_a_lift_and_cohort": again(ProblemFile),
    "file_cohort_is_known": changed(ProblemFile, cohort="Z"),
    "file_cell_is_known": changed(ProblemFile, cell="Z"),
    "file_shut_down_is_known": changed(ProblemFile, shut_down="perhaps"),
    "file_listing_is_known": changed(ProblemFile, listing="perhaps"),
    "file_correction_has_kind_and_reason": changed(ProblemFile, corrected_at=NOW, correction="duplicate"),
    "problem_state_is_known": changed(Problem, state="lost"),
    "problem_ended_at_and_by_together": ended(ended_by=None),
    "problem_is_closed_in_a_known_way": ended(way="somehow"),
    "problem_ends_after_it_is_found": ended(ended_at=F("found_at") - timedelta(days=1)),
    "standing_cell_is_known": changed(Standing, cell="Z"),
    "standing_way_is_known": changed(Standing, way="somehow"),
    "instruction_number_once_a_division": again(Instruction),
    "instruction_has_two_officers": changed(Instruction, second_officer=F("issued_by")),
    "instruction_service_is_known": changed(Instruction, service="perhaps"),
    "problem_once_an_instruction": again(InstructionItem),
    "file_has_one_live_shut_down": again(ShutDown),
    "shut_down_lifted_at_and_by_together": changed(ShutDown, lifted_at=NOW),
    "shut_down_is_lifted_after_it_is_imposed": changed(ShutDown, lifted_at=day("2017-01-01"), lifted_by="0" * 32),
    "file_has_one_live_listing": again(Listing),
    "listing_delisted_at_and_by_together": changed(Listing, delisted_at=NOW),
    "listing_is_taken_off_after_it_is_put_on": changed(Listing, delisted_at=day("2017-01-01"), delisted_by="0" * 32),
    "evidence_kind_is_known": changed(Evidence, kind="rumour"),
    "baseline_is_frozen_once_a_division": again(BaselineFreeze),
    "guarantee_period_ends_after_it_begins": changed(GuaranteePeriod, to_on=date(2017, 4, 1)),
    "guarantee_period_names_its_source": changed(GuaranteePeriod, source=""),
    "guarantee_period_is_revoked_with_a_reason": changed(GuaranteePeriod, revoked_at=NOW),
    "plan_ends_after_it_begins": changed(LookBackPlan, to_on=date(2017, 5, 1), due_on=date(2017, 5, 1)),
    "plan_is_due_within_itself": changed(LookBackPlan, due_on=date(2017, 7, 1)),
    "plan_scope_is_known": changed(LookBackPlan, scope="some"),
    "plan_draws_within_its_frame": changed(LookBackPlan, drawn=0, frame=0),
    "plan_without_seed_sweeps_its_frame": changed(LookBackPlan, drawn=1, frame=2),
    "visit_state_is_known": changed(LookBackVisit, state="lost", visited_at=NOW, visited_by="0" * 32),
    "plan_visits_a_lift_once": again(LookBackVisit),
    "visit_visited_at_and_by_together": changed(LookBackVisit, state="clear"),
    "visit_that_found_names_its_problem": changed(LookBackVisit, state="recurred", visited_at=NOW, visited_by="0" * 32),
    "reminder_is_live_once_a_level": again(Reminder),
    "reminder_kind_is_known": changed(Reminder, kind="rumour"),
    "reminder_settled_at_and_how_together": changed(Reminder, settled_at=NOW),
}


@pytest.mark.parametrize("name", list(BREAKS))
def test_the_database_refuses_a_row_that_breaks_it(ledger, name):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        BREAKS[name]()

    assert told_of(name) in str(refused.value)


def told_of(name: str) -> str:
    """What the database says of a broken constraint: its name, but for a unique one on SQLite, which names columns."""
    constraint, model = CONSTRAINTS[name]
    if connection.vendor == "sqlite" and isinstance(constraint, UniqueConstraint):
        columns = [model._meta.get_field(field).column for field in constraint.fields]
        return "UNIQUE constraint failed: " + ", ".join(f"{model._meta.db_table}.{column}" for column in columns)
    return name


CONSTRAINTS = {
    one.name: (one, model) for model in apps.get_app_config("hazards").get_models() for one in model._meta.constraints
}


def test_every_constraint_of_the_ledger_is_broken_here():
    assert set(CONSTRAINTS) == set(BREAKS)
