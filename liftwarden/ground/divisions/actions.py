"""The only writer of divisions: loads a file of dated rows, whole or not at all."""

import csv
import hashlib
from datetime import date
from importlib.resources import files
from pathlib import Path

from django.db import transaction

from liftwarden.ground.divisions.models import Division, Edition, Level
from liftwarden.ground.journal import actions as journal
from liftwarden.ground.journal.actions import Hand
from liftwarden.kernel.refusals import Refusal

COLUMNS = ("code", "name", "level", "parent", "valid_from", "valid_to", "kind", "note")
STANDARD_SOURCE = "GB/T 2260 各版名单，见 liftwarden/ground/divisions/data/SOURCE.md"


class BadDivisionFile(Refusal):
    """A file of divisions that cannot be taken as it is."""

    code = "bad_division_file"
    sentence = "区划文件第 {row} 行：{reason}。"


def load_standard(*, by: Hand) -> Edition:
    """Load the tree that comes with the product."""
    text = (files("liftwarden.ground.divisions") / "data" / "gbt2260.csv").read_text(encoding="utf-8")
    return load(text, source=STANDARD_SOURCE, by=by)


def load_file(path: Path, *, source: str, by: Hand) -> Edition:
    """Load further rows from a file, naming where they come from."""
    return load(path.read_text(encoding="utf-8-sig"), source=source, by=by)


@transaction.atomic
def load(text: str, *, source: str, by: Hand) -> Edition:
    """Load dated rows; a row with a known (code, valid_from) takes the place of the one held.

    Raises:
        BadDivisionFile: if a column is missing, a value is no date or level, or a parent is unknown.
    """
    reader = csv.DictReader(text.splitlines())
    if missing := set(COLUMNS) - set(reader.fieldnames or ()):
        raise BadDivisionFile(row=1, reason="缺少列 " + "、".join(sorted(missing)))
    rows = [_row(line, number) for number, line in enumerate(reader, start=2)]
    held = {(row.code, row.valid_from): row for row in Division.objects.order_by("code", "valid_from")}
    known = {row.code for row in rows} | {code for code, _ in held}
    for number, row in enumerate(rows, start=2):
        if row.parent and row.parent not in known:
            raise BadDivisionFile(row=number, reason=f"上级代码“{row.parent}”不存在")
    journal.create_rows([row for row in rows if (row.code, row.valid_from) not in held], "division.loaded", by=by)
    for row in rows:
        if old := held.get((row.code, row.valid_from)):
            _replace(old, row, by=by)
    edition = Edition(source=source, sha256=hashlib.sha256(text.encode()).hexdigest(), rows=len(rows), loaded_at=by.now)
    return journal.create(edition, "division.edition-loaded", division="", by=by, at=by.now)


def _replace(old: Division, new: Division, *, by: Hand) -> None:
    changes = {c: getattr(new, c) for c in COLUMNS if getattr(new, c) != getattr(old, c)}
    if changes:
        journal.change(old, changes, "division.amended", division=old.code, by=by, at=by.now)


def _row(line: dict[str, str], number: int) -> Division:
    try:
        valid_from = date.fromisoformat(line["valid_from"])
        valid_to = date.fromisoformat(line["valid_to"]) if line["valid_to"] else None
    except ValueError as error:
        raise BadDivisionFile(row=number, reason=f"日期无效（{error}）") from error
    if line["level"] not in Level.values():
        raise BadDivisionFile(row=number, reason=f"级别“{line['level']}”应为 {'、'.join(Level.values())} 之一")
    return Division(
        code=line["code"],
        name=line["name"],
        level=line["level"],
        parent=line["parent"],
        valid_from=valid_from,
        valid_to=valid_to,
        kind=line["kind"],
        note=line["note"],
    )
