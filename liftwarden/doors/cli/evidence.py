"""Evidence from a file on disk; a photo is too long for an argument."""

from pathlib import Path
from uuid import UUID

import click

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.hazards.models import EvidenceKind
from liftwarden.doors.cli import speech
from liftwarden.doors.threshold.perform import answer
from liftwarden.ground.parties.permissions import Permission

KINDS = tuple(str(kind) for kind in EvidenceKind if kind is not EvidenceKind.LEDGER)


@click.command("attach-evidence")
@click.argument("problem", type=click.UUID)
@click.option(
    "--file", "path", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="照片或 PDF。"
)
@click.option("--kind", required=True, type=click.Choice(KINDS), help="证据类型，例如 before 整改前、after 整改后。")
@click.option("--caption", default="", help="说明。")
@speech.as_json
@speech.acting
def attach_evidence(*, problem: UUID, path: Path, kind: str, caption: str, login: str, json_: bool) -> None:
    """上传证据：照片（JPEG、PNG、WebP，重新编码并去除拍摄信息）或 PDF，最大 15 MiB。

    \b
    例：liftwarden attach-evidence PROBLEM_ID --as inspector --kind after --file 照片.jpg
    """
    by = speech.actor(login, wanting=Permission.HAZARD_RECTIFY)
    kept = hazards.add_evidence(
        problem,
        kind=EvidenceKind(kind),
        name=path.name,
        data=path.read_bytes(),
        caption=caption,
        at=by.now,
        by=by,
    )
    speech.show(answer(kept), json_=json_)
    speech.talk("已上传证据。")


commands = (attach_evidence,)
