"""Search and look-up at city size: p50/p99 of `registry.found`, and `by_number` against `Model.objects.get`.

Both sides of each ratio run in turn in one process on one database. `--lifts` sets the size (also run at a tenth).
Usage: python bench/search.py [--lifts 300000]
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

os.environ.setdefault("LIFTWARDEN_HOME", tempfile.mkdtemp(prefix="liftwarden-bench-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liftwarden.settings")

import django

django.setup()

from django.core.management import call_command

from liftwarden.casework.registry import queries
from liftwarden.casework.registry.models import Lift
from liftwarden.doors.demonstration import lifts as stock
from liftwarden.doors.demonstration import people
from liftwarden.ground.divisions import actions as divisions
from liftwarden.ground.journal.actions import Hand
from liftwarden.ground.parties.actor import Actor

TYPED = (
    "幸福",
    "福",
    "西湖",
    "xfxq",
    "cql",
    "文三路 3号",
    "阳光花园",
    "湖滨 12",
    "zsl8",
    "没有这个地方",
    "锦绣家园 2期",
    "9",
)


def timed(call: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def spread(samples: list[float]) -> str:
    """Write p50 and p99."""
    ordered = sorted(samples)
    return f"p50 {statistics.median(ordered):8.2f} ms   p99 {ordered[int(len(ordered) * 0.99) - 1]:8.2f} ms"


def measure(by: Actor, size: int) -> None:
    """Print what one size gives."""
    texts = [timed(lambda text=text: queries.found(text, by=by)) for _ in range(10) for text in TYPED]
    print(f"{size:>7} lifts  search by words and initials   {spread(texts)}")
    for text in TYPED:
        once = [timed(lambda text=text: queries.found(text, by=by)) for _ in range(3)]
        print(f"          {text:<12} {statistics.median(once):8.1f} ms   {len(queries.found(text, by=by)):>3} found")
    codes = list(Lift.objects.order_by("id").values_list("rescue_code", flat=True)[:2000])
    picked = Random(3).sample(codes, min(300, len(codes)))
    ours, bare = [], []
    for code in picked:
        bare.append(timed(lambda code=code: Lift.objects.get(rescue_code=code)))
        ours.append(timed(lambda code=code: queries.by_number(code, by=by)))
    print(f"          by_number                    {spread(ours)}")
    print(f"          Model.objects.get            {spread(bare)}")
    print(f"          ratio {statistics.median(ours) / statistics.median(bare):.2f} (target <= 1.30)")


def main() -> None:
    """Build a tenth, measure, build the rest, measure again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lifts", type=int, default=300_000)
    told = parser.parse_args()
    call_command("migrate", verbosity=0)
    now = datetime(2017, 1, 1, tzinfo=UTC)
    divisions.load_standard(by=Hand(None, "bench", now))
    cast = people.hire(Hand(None, "bench", datetime(2015, 1, 5, tzinfo=UTC)), firm_names=("甲", "乙", "丙", "丁"))
    by = cast.actor("sheng-chief", now)
    made, tenth_done = 0, False
    for chunk in stock.build(told.lifts, random=Random(1), cast=cast, now=now):
        made += len(chunk)
        if made >= told.lifts // 10 and not tenth_done:
            tenth_done = True
            measure(by, made)
    measure(by, made)


if __name__ == "__main__":
    main()
