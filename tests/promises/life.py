"""One life in which every deed is done at least once, by whoever may do it; a new deed must be given its place here."""

from collections.abc import Iterator
from typing import Any

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.hazards.models import EvidenceKind, LookBackVisit, Problem, Reminder
from liftwarden.casework.hazards.overdue import Rising
from liftwarden.doors.threshold.deeds import deeds
from liftwarden.doors.threshold.perform import perform
from tests.factories import day, node, show_evidence
from tests.promises import subjects
from tests.promises.world import World

# (who, deed, fields beside the usual ones). `$x` stands for the key of what was made under the name x.
Step = tuple[str, str, dict[str, Any], str]


def steps() -> list[Step]:
    """List the steps in order: who, which deed, with what, and the name under which its answer is kept."""
    return [
        ("registrar", "add-body", {"name": "新物业", "kind": "use_unit"}, "body"),
        (
            "administrator",
            "add-person",
            {"login": "xiaoli", "name": "李小丽", "phone": "13900001111", "card_no": "C-9"},
            "person",
        ),
        ("administrator", "appoint", {"person": "$person", "body": "$body", "role": "use_unit"}, "newpost"),
        ("administrator", "end-post", {"post": "$newpost", "to_on": "2018-01-01"}, ""),
        ("registrar", "add-lift", {"rescue_code": "55001", "address": "新路1号"}, "lift"),
        ("registrar", "amend-lift", {"lift": "$lift", "estate": "新小区"}, ""),
        ("registrar", "set-party", {"lift": "$lift", "body": "$body", "role": "use_unit", "from_on": "2016-01-01"}, ""),
        ("inspector", "open-problem", {"lift": "$lift", "found_at": "2017-03-01"}, "problem"),
        ("inspector", "open-problem", {"lift": "$lift", "found_at": "2017-03-02", "cause": "no_maintenance"}, "second"),
        ("inspector", "open-problem", {"lift": "$lift", "found_at": "2017-03-03"}, "third"),
        ("inspector", "attach-evidence", {"problem": "$problem", "at": "2017-03-03"}, ""),
        ("inspector", "order-stop-use", {"problem": "$problem", "at": "2017-03-04"}, ""),
        ("chief", "withdraw-problem", {"problem": "$third", "at": "2017-03-04"}, ""),
        ("inspector", "note-nobody-to-serve", {"problem": "$problem", "at": "2017-03-05"}, ""),
        ("inspector", "note-no-access", {"problem": "$problem", "at": "2017-03-05"}, ""),
        (
            "inspector",
            "instruct",
            {"problems": ["$problem", "$second"], "number": "监生1", "at": "2017-03-06"},
            "instruction",
        ),
        ("inspector", "record-service", {"instruction": "$instruction", "outcome": "receipt", "at": "2017-03-07"}, ""),
        ("inspector", "refer-for-penalty", {"problem": "$problem", "at": "2017-03-08"}, ""),
        ("inspector", "extend-deadline", {"problem": "$problem", "at": "2017-03-09"}, ""),
        ("inspector", "begin-rectification", {"problem": "$problem", "at": "2017-03-10"}, ""),
        ("inspector", "certify-repair", {"problem": "$problem", "at": "2017-03-11"}, ""),
        ("inspector", "report-rectification", {"problem": "$problem", "at": "2017-03-12"}, ""),
        ("inspector", "fail-recheck", {"problem": "$problem", "at": "2017-03-13"}, ""),
        ("inspector", "report-rectification", {"problem": "$problem", "at": "2017-03-14"}, ""),
        ("inspector", "pass-recheck", {"problem": "$problem", "at": "2017-03-15"}, ""),
        ("chief", "send-back", {"problem": "$problem", "at": "2017-03-16"}, ""),
        ("inspector", "report-rectification", {"problem": "$problem", "at": "2017-03-17"}, ""),
        ("inspector", "pass-recheck", {"problem": "$problem", "at": "2017-03-18"}, ""),
        ("chief", "close-problem", {"problem": "$problem", "at": "2017-03-19"}, ""),
        ("chief", "shut-down", {"file": "$file", "at": "2017-03-20"}, ""),
        ("chief", "renew-shut-down", {"file": "$file", "at": "2017-03-21"}, ""),
        ("use unit", "ask-unseal", {"at": "2017-03-22"}, ""),
        ("chief", "refuse-unseal", {"at": "2017-03-23"}, ""),
        ("chief", "unseal", {"at": "2017-03-24"}, ""),
        ("use unit", "acknowledge", {"at": "2017-03-25"}, ""),
        ("chief", "list-for-supervision", {"file": "$file", "at": "2017-03-25"}, ""),
        ("chief", "extend-listing", {"file": "$file", "deadline_on": "2018-01-31", "at": "2017-03-25"}, ""),
        ("chief", "ask-delist", {"file": "$file", "at": "2017-03-26"}, ""),
        ("chief", "refuse-delist", {"file": "$file", "at": "2017-03-27"}, ""),
        ("chief", "ask-delist", {"file": "$file", "at": "2017-03-28"}, ""),
        ("chief", "delist", {"file": "$file", "at": "2017-03-29"}, ""),
        ("use unit", "ask-extension", {"at": "2017-03-30"}, ""),
        *_look_back(),
        *_corrections(),
        *_observation(),
        *_return(),
        ("registrar", "change-use", {"lift": "$lift", "action": "dismantle", "on": "2017-04-01"}, ""),
        ("chief", "close-dismantled", {"problem": "$second", "at": "2017-04-02"}, ""),
        ("upper chief", "freeze-baseline", {"division": "330000", "at": "2017-04-03"}, ""),
        ("upper chief", "transfer-file", {"file": "$file", "division": "330108", "at": "2017-04-04"}, ""),
        ("upper chief", "correct-file", {"file": "$file", "at": "2017-04-05"}, ""),
        ("registrar", "add-lift", {"rescue_code": "55006", "address": "新路6号"}, "plain"),
        ("registrar", "move-lift", {"lift": "$plain", "division": "330106", "on": "2017-04-06"}, ""),
    ]


def _look_back() -> list[Step]:
    filed = {"lift": "$old", "found_at": "2016-05-01", "completed_at": "2016-06-20"}
    return [
        ("registrar", "add-lift", {"rescue_code": "55002", "address": "新路2号"}, "old"),
        ("inspector", "file-completed", filed, ""),
        ("chief", "declare-guarantee-period", {"from_on": "2018-05-01", "to_on": "2018-05-05"}, "period"),
        ("chief", "plan-sweep", {"guarantee": "$period"}, "sweep"),
        ("inspector", "visit-clear", {"visit": "$visit"}, ""),
        ("chief", "plan-sample", {"guarantee": "$period"}, "sample"),
        ("inspector", "visit-no-access", {"visit": "$visit"}, ""),
        ("inspector", "visit-found", {"visit": "$visit"}, ""),
        ("chief", "plan-share", {"guarantee": "$period"}, ""),
        ("chief", "revoke-guarantee-period", {"period": "$period"}, ""),
    ]


def _corrections() -> list[Step]:
    return [
        ("registrar", "add-lift", {"rescue_code": "55003", "address": "新路3号"}, "early"),
        ("inspector", "open-problem", {"lift": "$early", "found_at": "2016-05-01"}, "early_problem"),
        ("chief", "correct-as-done-before", {"file": "$early_problem.file", "at": "2017-03-02"}, ""),
        ("registrar", "add-lift", {"rescue_code": "55004", "address": "新路4号"}, "twice"),
        ("inspector", "open-problem", {"lift": "$twice", "found_at": "2017-02-01"}, "new_problem"),
        ("inspector", "open-problem", {"lift": "$twice", "found_at": "2016-06-01"}, ""),
        ("chief", "join-baseline", {"file": "$new_problem.file", "at": "2017-03-05"}, ""),
    ]


def _observation() -> list[Step]:
    return [
        ("registrar", "add-lift", {"rescue_code": "55005", "address": "新路5号"}, "mended"),
        ("inspector", "open-problem", {"lift": "$mended", "found_at": "2017-03-01"}, "mended_problem"),
        ("inspector", "begin-rectification", {"problem": "$mended_problem", "at": "2017-03-02"}, ""),
        ("inspector", "report-rectification", {"problem": "$mended_problem", "at": "2017-03-03"}, ""),
        ("inspector", "pass-recheck", {"problem": "$mended_problem", "at": "2017-03-04"}, ""),
        ("chief", "close-problem", {"problem": "$mended_problem", "at": "2017-03-05"}, ""),
        ("inspector", "see-reminder", {"reminder": "$reminder"}, ""),
    ]


def _return() -> list[Step]:
    typed = ["J=11", "K=300000", "hotline.in_service=是", "hotline.number=96333", "disclosure.practised=是"]
    typed += ["disclosure.forms=季度", "disclosure.content=维保单位"]
    on_page = {"filing": "$filing"}
    return [
        (
            "statistician",
            "enter-return",
            {"period": "2017-06", "set": typed, "contact": "赵钱孙 0571-12345678"},
            "filing",
        ),
        ("statistician", "detach-page", {**on_page, "page": "$page"}, ""),
        ("statistician", "check-draft", on_page, ""),
        ("chief", "approve-return", on_page, ""),
        ("chief", "return-to-draft", on_page, ""),
        ("statistician", "check-draft", on_page, ""),
        ("statistician", "withdraw-return", on_page, ""),
        ("statistician", "check-draft", on_page, ""),
        ("chief", "approve-return", on_page, ""),
        ("chief", "sign-off-return", on_page, ""),
        ("chief", "correct-return", on_page, ""),
    ]


def live(world: World, *, channel: str = "test") -> Iterator[tuple[str, dict[str, Any]]]:
    """Do every step; gives each deed's name with its answer."""
    plot = world.plots["hangzhou"]
    made: dict[str, str] = {"page": str(plot.keys["page"])}
    for who, name, given, kept in steps():
        deed, by = deeds()[name], world.actor(world.seats[who].login, channel=channel)
        if "reminder" in given:
            made["reminder"] = _reminder()
        data = subjects.fields(deed, plot) | {field: _filled(value, made) for field, value in given.items()}
        if name in ("close-problem", "close-dismantled"):
            _show(data["problem"], by=by)
        answer = perform(deed, data, by=by)
        if kept:
            made[kept] = str(answer["id"])
            made[f"{kept}.file"] = str(answer.get("file_id", ""))
        if kept == "problem":
            made["file"] = str(answer["file_id"])
        if kept in ("sweep", "sample"):
            made["visit"] = str(LookBackVisit.objects.filter(plan_id=answer["id"]).order_by("pk")[0].pk)
        yield name, answer


def _filled(value: Any, made: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_filled(one, made) for one in value]
    return made[value[1:]] if isinstance(value, str) and value.startswith("$") else value


def _reminder() -> str:
    """Let a year pass, and the clock tell that an observation period has ended."""
    later = day("2018-03-06")
    hazards.raise_overdue(by=node(later), at=later)
    return str(Reminder.objects.filter(kind=str(Rising.OBSERVATION), settled_at__isnull=True)[0].pk)


def _show(problem_id: str, *, by: Any) -> None:
    problem = Problem.objects.get(pk=problem_id)
    show_evidence(problem, EvidenceKind.BEFORE, EvidenceKind.AFTER, EvidenceKind.DEREGISTRATION, by=by)
