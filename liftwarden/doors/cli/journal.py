"""Commands that prove the journal."""

from datetime import UTC, datetime
from pathlib import Path

import click

from liftwarden.doors.cli import speech
from liftwarden.ground.journal import verify


@click.command("verify-journal")
@click.option("--heads", type=click.Path(path_type=Path), help="此前导出的链头文件；用来发现被截断的尾部。")
@speech.as_json
def verify_journal(heads: Path | None, json_: bool) -> int:
    """核验流水：链是否完整，每一行是否等于其流水的叠加，尾部是否被截断。

    \b
    例：liftwarden verify-journal --heads var/exports/journal-heads.jsonl
    退出码 1 表示发现断裂，并指出第一处。
    """
    verdict = verify.verify(heads=heads)
    sequence, digest = verdict.head
    breaks = [found.words() for found in verdict.breaks]
    speech.show(
        {
            "entries": verdict.entries,
            "rows": verdict.rows,
            "sequence": sequence,
            "head": digest,
            "breaks": breaks,
        },
        json_=json_,
    )
    for words in breaks:
        speech.talk("断裂 " + words)
    speech.talk("流水完整。" if not breaks else "流水有断裂。")
    return 1 if breaks else 0


@click.command("export-heads")
@click.argument("path", type=click.Path(path_type=Path))
@speech.as_json
def export_heads(path: Path, json_: bool) -> None:
    """把链头追加到一个文件（应存放在别处），以便日后发现被截断的尾部。

    \b
    例：liftwarden export-heads /backup/journal-heads.jsonl
    """
    sequence, digest = verify.export_heads(path, at=datetime.now(UTC))
    speech.show({"sequence": sequence, "head": digest}, json_=json_)


commands = (verify_journal, export_heads)
