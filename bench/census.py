"""Measures the as-of census: 2 million standings, 12 month ends, against hand-written SQL and a loop over lifts.

All three sides count the same lifts in one run on one database, and must agree. The hand-written side is one statement
for all month ends (lead, joined to them), with nothing of the product around it. The loop asks the ORM for each file's
newest standing; it is timed on a sample of files and extrapolated to all, which its line says.

`python bench/census.py --size 2000000`; under `tools/with_postgres.py` on PostgreSQL.
"""

import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.node import a_node, analysed, arguments, said  # noqa: E402

BEGIN = datetime(2015, 3, 1, tzinfo=UTC)
SAMPLE = 300
HAND = """
    SELECT m.d, division_code, cell, count(*) FROM (
        SELECT division_code, cell, since_at,
               lead(since_at) OVER (PARTITION BY file_id ORDER BY since_at, entry_no) AS until_at
        FROM hazards_standing WHERE programme = '2017' AND since_at < %s AND entry_no <= %s
    ) AS s JOIN ({months}) AS m ON s.since_at < m.d AND (s.until_at IS NULL OR s.until_at >= m.d)
    GROUP BY m.d, division_code, cell
"""


def main() -> int:
    """Print both ratios at full size and at a tenth; exit 1 where a target is missed."""
    told = arguments(__doc__, size=2_000_000)
    with a_node():
        fine = measured(told.size // 10)
        fine = measured(told.size, begun_with=told.size // 10) and fine
    return 0 if fine else 1


def measured(size: int, *, begun_with: int = 0) -> bool:
    """Fill up to a size, then count 12 month ends three ways."""
    from django.db import connection

    from liftwarden.casework.hazards import queries
    from liftwarden.ground.journal.queries import Snapshot
    from liftwarden.kernel.periods import Period

    fill(size - begun_with, first=begun_with)
    analysed()
    seen = Snapshot(size, size, ())
    months = [Period(2017, month) for month in range(1, 13)]
    queries.census("2017", months[0], seen=seen)  # warm both sides' pages

    began = time.perf_counter()
    ours = queries.censuses("2017", months, seen=seen)
    took = time.perf_counter() - began

    cut_offs = [connection.ops.adapt_datetimefield_value(month.cut_off) for month in months]
    kind = "CAST(%s AS timestamptz)" if connection.vendor == "postgresql" else "%s"
    listed = " UNION ALL ".join(f"SELECT {kind} AS d" for _ in months)
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(HAND.replace("{months}", listed), [cut_offs[-1], size, *cut_offs])
        by_hand = cursor.fetchall()
    hand = time.perf_counter() - began

    mine = {
        (m, d, c): n for m in months for d, cells in ours[m].items() for c, n in cells.items() if n and c not in "AF"
    }
    assert mine == {(_month(months, cut_offs, at), d, c): n for at, d, c, n in by_hand}
    loop, files = by_loop(months, size)
    name = f"census: {size} standings, 12 month ends"
    said(name, f"ours {took:.2f} s", f"hand-written SQL {hand:.2f} s", took / hand, 2, at_most=True)
    said(name, f"ours {took:.2f} s", f"ORM loop {loop:.0f} s (from {SAMPLE} of {files} files)", loop / took, 500)
    return took / hand <= 2 and (loop / took >= 500 or size < 2_000_000)


def _month(months: list[Any], cut_offs: list[Any], at: Any) -> Any:
    return next(m for m, cut_off in zip(months, cut_offs, strict=True) if cut_off == at or str(cut_off) == str(at))


def by_loop(months: list[object], size: int) -> tuple[float, int]:
    """Time the loop over a sample of lifts at every month end; gives the seconds for all of them, and how many."""
    from liftwarden.casework.hazards.models import ProblemFile, Standing

    files = list(ProblemFile.objects.order_by("id").values_list("pk", flat=True))
    sample = Random(1).sample(files, SAMPLE)
    began = time.perf_counter()
    counted: Counter[tuple[str, str]] = Counter()
    for month in months:
        for file in sample:
            rows = Standing.objects.filter(file_id=file, since_at__lt=month.cut_off, entry_no__lte=size)  # type: ignore[attr-defined]
            newest = rows.order_by("-since_at", "-entry_no", "-id").first()
            if newest is not None:
                counted[newest.division_code, newest.cell] += 1
    return (time.perf_counter() - began) * len(files) / SAMPLE, len(files)


def fill(count: int, *, first: int) -> None:
    """Write standings, five a file, and their files, by the journal's bulk insert; entry numbers as given out."""
    from django.db import transaction

    from liftwarden.casework.hazards.models import ProblemFile, Standing
    from liftwarden.ground.journal.bulk import columns_of, insert_rows
    from liftwarden.ground.journal.keys import new_key

    random = Random(first)
    divisions = [
        f"{province}{city:02d}{county:02d}"
        for province in (33, 32, 65)
        for city in range(1, 12)
        for county in range(2, 30)
    ]
    number = first
    for start in range(0, count, 50_000):
        files, standings = [], []
        for _ in range(start, min(count, start + 50_000), 5):
            cohort = random.choice("AF")
            begins = BEGIN + timedelta(minutes=random.randrange(950_000 if cohort == "A" else 1_400_000))
            file = ProblemFile(
                lift_id=new_key(),
                programme="2017",
                cohort=cohort,
                division_code=random.choice(divisions),
                cell="C" if cohort == "A" else "H",
                opened_at=begins,
            )
            files.append([getattr(file, column) for column in columns_of(ProblemFile)])
            for _ in range(5):
                number += 1
                begins += timedelta(minutes=random.randrange(200_000))
                row = Standing(
                    file=file,
                    lift_id=file.lift_id,
                    programme="2017",
                    cohort=cohort,
                    cell=random.choice("BCDE" if cohort == "A" else "GHI"),
                    division_code=file.division_code,
                    since_at=begins,
                    entry_no=number,
                )
                standings.append([getattr(row, column) for column in columns_of(Standing)])
        with transaction.atomic():
            insert_rows(ProblemFile, columns_of(ProblemFile), files)
            insert_rows(Standing, columns_of(Standing), standings)


if __name__ == "__main__":
    sys.exit(main())
