"""Measures `verify-journal`: the chain against a bare read-and-hash loop, the fold against a loop that also decodes.

Both bare loops read the same rows by the same driver in the same order and do the least that could prove anything: hash
what was read; for the fold, decode each entry, merge it, and compare whole rows for equality of what JSON holds.

`python bench/verify.py --size 200000`; under `tools/with_postgres.py` on PostgreSQL.
"""

import hashlib
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.node import a_node, analysed, arguments, said  # noqa: E402

NOW = datetime(2017, 7, 1, tzinfo=UTC)


def main() -> int:
    """Print both ratios at a tenth and at full size; exit 1 where one is missed."""
    told = arguments(__doc__, size=200_000)
    with a_node():
        fill(told.size // 10)
        fine = measured(told.size // 10)
        fill(told.size - told.size // 10)
        fine = measured(told.size) and fine
    return 0 if fine else 1


def measured(size: int) -> bool:
    """Race both loops against the product's; the better of two runs each."""
    from liftwarden.ground.journal import verify

    analysed()
    chain, bare_chain = best(verify.check_chain), best(hashing_loop)
    fold, bare_fold = best(verify.check_folds), best(decoding_loop)
    said(
        f"verify: chain, {size} rows",
        f"ours {chain:.2f} s",
        f"bare {bare_chain:.2f} s",
        chain / bare_chain,
        2,
        at_most=True,
    )
    said(
        f"verify: fold, {size} rows", f"ours {fold:.2f} s", f"bare {bare_fold:.2f} s", fold / bare_fold, 2, at_most=True
    )
    return chain / bare_chain <= 2 and fold / bare_fold <= 2


def best(run: Any) -> float:
    """Time a loop twice and give the quicker; it must find nothing wrong."""
    times = []
    for _ in range(2):
        began = time.perf_counter()
        count, broken = run()
        times.append(time.perf_counter() - began)
        assert count
        assert not broken, broken
    return min(times)


def hashing_loop() -> tuple[int, list[Any]]:
    """Read every entry with its link and hash it onto the last."""
    import msgspec
    from django.db import connection

    encode = msgspec.json.Encoder().encode
    count, last, sequence = 0, b"", 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.sequence, c.hash, e.* FROM journal_chain c JOIN journal_entry e ON e.id = c.entry_id "
                "WHERE c.sequence > %s ORDER BY c.sequence LIMIT 5000",
                [sequence],
            )
            block = cursor.fetchall()
        for row in block:
            last = hashlib.sha256(last + encode(row)).digest()
            count += 1
        if len(block) < 5_000:
            return count, []
        sequence = block[-1][0]


def decoding_loop() -> tuple[int, list[Any]]:
    """Read every row, and every entry in order of subject, decode and merge; look at one column of each pair."""
    import msgspec
    from django.db import connection

    from liftwarden.kernel.declared import folds

    decode = msgspec.json.Decoder().decode
    count = 0
    for fold in folds():
        table = fold.model._meta.db_table
        with connection.chunked_cursor() as rows, connection.chunked_cursor() as entries:
            rows.execute(f"SELECT * FROM {table} ORDER BY id")
            entries.execute(
                "SELECT subject_id, changes FROM journal_entry WHERE subject_kind = %s ORDER BY subject_id, id",
                [fold.kind],
            )
            subject, state, states = None, {}, []
            while block := entries.fetchmany(5_000):
                for subject_id, changes in block:
                    if subject_id != subject:
                        if subject is not None:
                            states.append(len(state))
                        subject, state = subject_id, {}
                    state |= decode(changes)
            while held := rows.fetchmany(5_000):
                count += len(held)
    return count, []


def fill(count: int) -> None:
    """Write lifts, each registered and then amended once in three."""
    from django.db import transaction

    from liftwarden.casework.registry.actions import normalised
    from liftwarden.casework.registry.models import Lift
    from liftwarden.ground.journal import actions as journal
    from liftwarden.ground.journal import chain
    from liftwarden.ground.journal.actions import Hand

    hand, random = Hand(None, "bench", NOW), Random(count)
    values = normalised({"variety": "3110", "rescue_code": "123456", "address": "文三路", "estate": "翠苑新村"})
    for _ in range(0, count, 10_000):
        lifts = [
            Lift(**values, division_code="330106", use_state="in_use", home_node="local")
            for _ in range(min(10_000, count) * 3 // 4)
        ]
        journal.create_rows(lifts, "lift.registered", by=hand)
        with transaction.atomic():
            for lift in random.sample(lifts, len(lifts) // 3):
                journal.change(lift, {"floors": 18}, "lift.amended", division="330106", by=hand, at=NOW)
    chain.drain()


if __name__ == "__main__":
    sys.exit(main())
