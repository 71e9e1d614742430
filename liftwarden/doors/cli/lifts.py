"""Commands that read lifts, problems and the work list."""

from uuid import UUID

import click

from liftwarden.casework.hazards import queries as hazards
from liftwarden.casework.registry import actions as registry_actions
from liftwarden.casework.registry import queries as registry
from liftwarden.casework.registry.models import Lift
from liftwarden.doors.cli import speech
from liftwarden.doors.threshold.perform import answer, plain
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import day_in_shanghai


@click.command("find-lift")
@click.argument("text")
@click.option("--limit", default=20, show_default=True)
@speech.acting
@speech.as_json
def find_lift(text: str, limit: int, login: str, json_: bool) -> int:
    """按编号、地址、小区或拼音首字母查找电梯。

    \b
    例：liftwarden find-lift 幸福 --as inspector
        liftwarden find-lift xfxq --as inspector --json
    """
    found = registry.found(text, by=speech.actor(login, wanting=Permission.LIFT_READ), limit=limit)
    rows = [
        {
            "id": lift.pk,
            "rescue_code": lift.rescue_code,
            "device_code": lift.device_code,
            "other_number": lift.other_number,
            "variety": registry.variety_label(lift),
            "division": lift.division_code,
            "estate": lift.estate,
            "address": lift.address,
            "use_state": lift.use_state,
        }
        for lift in found
    ]
    speech.table(rows, json_=json_, key="lifts")
    speech.talk(f"找到 {len(rows)} 台。")
    return 0 if rows else 1


def _lift(ref: str, by: Actor) -> Lift:
    try:
        return registry.lift(UUID(ref), by=by)
    except ValueError:
        return registry.by_number(ref, by=by)


@click.command("show-lift")
@click.argument("lift")
@click.option("--timeline", is_flag=True, help="连同一生的全部记录。")
@speech.acting
@speech.as_json
def show_lift(lift: str, timeline: bool, login: str, json_: bool) -> None:
    """显示一台电梯：编号、单位、档案，及一生的记录。

    \b
    例：liftwarden show-lift 012345 --as inspector --timeline --json
    """
    by = speech.actor(login, wanting=Permission.LIFT_READ)
    found = _lift(lift, by)
    data = answer(found) | {
        "parties": plain([vars(party) for party in registry.parties(found)]),
        "files": [answer(file) for file in hazards.files_of_lift(found.pk, by=by)],
    }
    if timeline:
        data["timeline"] = plain([vars(told) for told in registry.timeline(found)])
    speech.show(data, json_=json_)


@click.command("show-file")
@click.argument("file", type=click.UUID)
@speech.acting
@speech.as_json
def show_file(file: UUID, login: str, json_: bool) -> None:
    """显示一份问题电梯档案及其中的隐患。

    \b
    例：liftwarden show-file FILE_ID --as inspector --json
    """
    by = speech.actor(login, wanting=Permission.HAZARD_READ)
    found = hazards.file(file, by=by)
    speech.show(answer(found) | {"problems": [answer(p) for p in hazards.problems_in(found)]}, json_=json_)


@click.command("worklist")
@click.option("--limit", default=200, show_default=True)
@speech.acting
@speech.as_json
def worklist(limit: int, login: str, json_: bool) -> None:
    """按期限列出未销号的隐患。

    \b
    例：liftwarden worklist --as inspector
    """
    by = speech.actor(login, wanting=Permission.HAZARD_READ)
    dues = hazards.worklist(by, on=day_in_shanghai(by.now), limit=limit)
    rows = [
        {
            "problem": due.problem.pk,
            "file": due.problem.file_id,
            "state": due.problem.state,
            "todo": due.what,
            "due_on": due.due_on,
            "days_left": due.days_left,
            "description": due.problem.description,
        }
        for due in dues
    ]
    speech.table(rows, json_=json_, key="due")


@click.command("reindex")
def reindex() -> None:
    """由登记数据重建检索索引。

    \b
    例：liftwarden reindex
    """
    speech.talk(f"已重建 {registry_actions.reindex()} 台电梯的检索索引。")


commands = (find_lift, show_lift, show_file, worklist, reindex)
