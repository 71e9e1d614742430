"""Measures what the journal costs: a journalled write against the same insert without it, at 1 and 1,000 rows a transaction.

Both sides write the same final rows of the same indexed table, through the same layer (one `save()` a row, or one bulk
statement), alternating in one run; the journalled side writes its entry and its link of the chain as well. A ratio is bare
time ÷ journalled time: 0.5 means that the journal doubles the time.

`python bench/journal.py --size 20000`; under `tools/with_postgres.py` on PostgreSQL.
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.node import a_node, arguments, said  # noqa: E402

CODES = ("330106", "330108", "330110")
NOW = datetime(2017, 7, 1, tzinfo=UTC)


def main() -> int:
    """Print one line a way of writing; exit 1 where a ratio is under the target."""
    told = arguments(__doc__, size=20_000)
    with a_node():
        worst = min(measured(told.size), measured(told.size // 10))
    return 0 if worst >= 0.5 else 1


def measured(size: int) -> float:
    """Measure every way of writing at one size; gives the worst ratio."""
    from django.db import transaction

    from liftwarden.casework.hazards.models import FileMove, ProblemFile
    from liftwarden.ground.journal import actions as journal
    from liftwarden.ground.journal.actions import About, Hand

    hand = Hand(None, "bench", NOW)
    file = ProblemFile(lift_id=_key(), programme="2017", cohort="F", division_code="330106", cell="H", opened_at=NOW)
    journal.create(file, "hazard.file-opened", division="330106", by=hand, at=NOW)

    def rows(count: int) -> list[FileMove]:
        return [
            FileMove(file=file, lift_id=file.lift_id, division_code=CODES[i % 3], moved_at=NOW, reason="区划调整")
            for i in range(count)
        ]

    def bare_each(batch: list[FileMove]) -> None:
        with transaction.atomic():
            for row in batch:
                row.save(force_insert=True)

    def journalled_each(batch: list[FileMove]) -> None:
        with transaction.atomic():
            for row in batch:
                about = About("lift", row.lift_id)
                journal.create(row, "hazard.file-moved", division=row.division_code, by=hand, at=NOW, about=about)

    def bare_bulk(batch: list[FileMove]) -> None:
        with transaction.atomic():
            FileMove.objects.bulk_create(batch)

    def journalled_bulk(batch: list[FileMove]) -> None:
        with transaction.atomic():
            journal.create_rows(batch, "hazard.file-moved", by=hand, at=NOW)

    worst = 9.9
    for name, per, bare, journalled in (
        ("1 row a transaction, save()", 1, bare_each, journalled_each),
        ("1,000 rows a transaction, save() each", 1_000, bare_each, journalled_each),
        ("1,000 rows a transaction, bulk", 1_000, bare_bulk, journalled_bulk),
    ):
        count = max(3, size // per // (10 if per == 1 else 1))
        ratio = _race(rows, per, count, bare, journalled, name)
        worst = min(worst, ratio)
    return worst


def _race(
    rows: Callable[[int], list[object]], per: int, count: int, bare: Callable, journalled: Callable, name: str
) -> float:
    """Alternate both sides, a batch each, and compare the medians of five rounds."""
    from liftwarden.ground.journal import chain

    times: dict[str, list[float]] = {"bare": [], "journalled": []}
    for _ in range(5):
        for side, write in (("bare", bare), ("journalled", journalled)):
            batches = [rows(per) for _ in range(max(1, count // 5))]
            began = time.perf_counter()
            for batch in batches:
                write(batch)
            chain.drain()  # what a burst of commits left over is part of the price
            times[side].append((time.perf_counter() - began) / len(batches) / per)
    a, b = median(times["bare"]), median(times["journalled"])
    said(
        f"journal: {name}, {per * count} rows",
        f"bare {a * 1e6:.0f} µs/row",
        f"journalled {b * 1e6:.0f} µs/row",
        a / b,
        0.5,
    )
    return a / b


def _key() -> object:
    from liftwarden.ground.journal.keys import new_key

    return new_key()


if __name__ == "__main__":
    os.environ.setdefault("LIFTWARDEN_LOG", "ERROR")
    sys.exit(main())
