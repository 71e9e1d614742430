"""Opens a problem: decides its cohort, makes or joins its file."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from django.db import transaction

from liftwarden.casework.hazards import ledger, queries, rules
from liftwarden.casework.hazards.lifecycles import PROBLEM
from liftwarden.casework.hazards.models import FileMove, FinderKind, Problem, ProblemFile
from liftwarden.casework.hazards.rules import Cell, Cohort
from liftwarden.casework.registry import queries as registry
from liftwarden.casework.registry.models import Lift
from liftwarden.ground.journal import actions as journal
from liftwarden.ground.journal.actions import About
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.refusals import BadInput, Refusal
from liftwarden.kernel.words import tidied

PROGRAMME = "2017"


class NotYet(Refusal):
    """A fact dated after the moment it is told."""

    code = "not_yet"
    sentence = "发生时间 {at} 还没有到，不能登记将来的事实。"


class BaselineFrozen(Refusal):
    """A finding that would raise A after it has been frozen."""

    code = "baseline_frozen"
    status = 409
    sentence = "“攻坚基本数”（A）已于 {frozen_on} 冻结；补录须由有更正权限的人写明理由。"


@dataclass(frozen=True)
class Finding:
    """What was found on a lift, by whom, when."""

    category: str
    cause: str
    description: str
    grade_scheme: str
    grade: str
    finder: FinderKind
    found_at: datetime
    finder_name: str = ""
    needs_certificate: bool = False


@cache
def vocabulary() -> dict[str, Any]:
    """Read categories, causes, blockers and grade schemes."""
    return tomllib.loads((files("liftwarden.casework.hazards") / "data" / "categories.toml").read_text("utf-8"))


@transaction.atomic
def open_problem(lift_id: UUID, finding: Finding, *, correction_reason: str = "", by: Actor) -> Problem:
    """File a problem on a lift; the file of its (lift, cohort) is made or joined.

    Source: the 2017 notice, part 1, item 1; annex.
    Raises:
        NotFound, NotYours: if the lift is out of reach or `by` may not file problems there.
        BadInput: for an unknown category, cause or grade.
        BeforeTheCampaign, NotYet, BaselineFrozen: if the date cannot stand.
    """
    lift = registry.to_change(lift_id, by=by)
    by.must(Permission.HAZARD_OPEN, at=lift.division_code)
    refuse_future(finding.found_at, by=by)
    _refuse_unknown(finding)
    held = {
        Cohort(f.cohort): f
        for f in ProblemFile.objects.filter(lift_id=lift.pk, programme=PROGRAMME, corrected_at__isnull=True)
    }
    baseline = held.get(Cohort.BASELINE)
    placed = rules.placement(
        found_at=finding.found_at,
        cause=finding.cause,
        baseline=ledger.facts(baseline) if baseline else None,
        programme=rules.programmes()[PROGRAMME],
    )
    file = held.get(placed.cohort)
    if file is None:
        if placed.cohort is Cohort.BASELINE:
            _refuse_frozen(lift, correction_reason, by=by)
        file = _new_file(lift, placed.cohort, finding.found_at, reason=correction_reason, by=by)
    problem = Problem(
        file=file,
        lift_id=lift.pk,
        division_code=file.division_code,
        state=str(PROBLEM.initial),
        recurrence=placed.recurrence,
        last_step_at=finding.found_at,
        **{name: getattr(finding, name) for name in Finding.__dataclass_fields__ if name != "finder"},
    )
    problem.finder = str(finding.finder)
    problem.description = tidied(finding.description)
    event = "hazard.recurred" if placed.recurrence else "hazard.found"
    journal.create(
        problem, event, division=file.division_code, by=by.hand, at=finding.found_at, about=About("lift", lift.pk)
    )
    ledger.settle(file, "hazard.file-settled", by=by.hand, at=finding.found_at)
    return problem


def refuse_future(at: datetime, *, by: Actor) -> None:
    """Refuse a fact from the future.

    Raises:
        NotYet: if `at` lies after the actor's now.
    """
    if at > by.now:
        raise NotYet(at=at.strftime("%Y-%m-%d %H:%M"))


def _new_file(lift: Lift, cohort: Cohort, at: datetime, *, reason: str, by: Actor) -> ProblemFile:
    file = ProblemFile(
        lift_id=lift.pk,
        programme=PROGRAMME,
        cohort=str(cohort),
        division_code=lift.division_code,
        cell=str(Cell.H if cohort is Cohort.FOUND else Cell.C),
        opened_at=at,
    )
    about = About("lift", lift.pk)
    event = "hazard.baseline-added" if reason and cohort is Cohort.BASELINE else "hazard.file-opened"
    journal.create(file, event, division=lift.division_code, by=by.hand, at=at, about=about, reason=tidied(reason))
    move = FileMove(file=file, lift_id=lift.pk, division_code=lift.division_code, moved_at=at)
    journal.create(move, "hazard.file-placed", division=lift.division_code, by=by.hand, at=at, about=about)
    return file


def _refuse_frozen(lift: Lift, reason: str, *, by: Actor) -> None:
    freeze = queries.baseline_freeze(PROGRAMME, lift.division_code)
    if freeze is None:
        return
    if not tidied(reason) or not by.may(Permission.HAZARD_CORRECT):
        raise BaselineFrozen(frozen_on=freeze.frozen_at.strftime("%Y-%m-%d"))


def _refuse_unknown(finding: Finding) -> None:
    words = vocabulary()
    if finding.category not in words["categories"]:
        raise BadInput(field="隐患类别", reason=f"没有“{finding.category}”；可用：" + "、".join(words["categories"]))
    if finding.cause not in words["causes"]:
        raise BadInput(field="原因", reason=f"没有“{finding.cause}”；可用：" + "、".join(words["causes"]))
    scheme = words["schemes"].get(finding.grade_scheme)
    if scheme is None or finding.grade not in scheme["grades"]:
        raise BadInput(field="等级", reason=f"“{finding.grade_scheme}”中没有等级“{finding.grade}”")
    if not tidied(finding.description):
        raise BadInput(field="隐患描述", reason="不能为空")
