"""Random lives of lifts through the public actions: the ledger's census, its lists and its past agree with the referee.

`LIFTWARDEN_HISTORY=seed/number` replays one history; `LIFTWARDEN_SEED` chooses another run.
"""

import os
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.hazards import queries
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.divisions.tree import ROOT
from liftwarden.ground.journal import queries as journal
from liftwarden.ground.journal.verify import verify
from liftwarden.kernel.periods import Period
from tests.agreement import referee
from tests.agreement.histories import COUNTIES, NOW, STEPS, History, a_cast, some_histories

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.clause("N2017-annex-A", "N2017-annex-F", "N2017-annex-note-1", "N2017-annex-note-2"),
]
MONTH_ENDS = tuple(Period(2016 + (11 + i) // 12, (11 + i) % 12 + 1) for i in range(25))
SEED = os.environ.get("LIFTWARDEN_SEED", "2017")
LETTERS = "ABCDEFGHI"


def seeds(batch: int, count: int) -> list[str]:
    """Name the histories of a batch, or the one that is to be replayed."""
    replayed = os.environ.get("LIFTWARDEN_HISTORY")
    return [replayed] if replayed else [f"{SEED}/{batch * count + i}" for i in range(count)]


def said(period: Period, seen: Any) -> dict[tuple[str, str], tuple[str, str]]:
    """What the ledger says of every (lift, count), each exactly once."""
    counted = queries.behind("2017", period, division=ROOT, seen=seen, cells="AF")
    answer = {(str(one.lift_id), one.cohort): (one.cell, one.division) for one in counted}
    twice = [key for key, times in Counter((str(c.lift_id), c.cohort) for c in counted).items() if times > 1]
    assert not twice, f"{period}: counted twice: {twice}"
    return answer


def compare(histories: Sequence[History], period: Period, seen: Any, *, known: Sequence[int] | None = None) -> Any:
    """See that ledger and referee agree on every lift at one month end; gives what both say."""
    answer = said(period, seen)
    before = referee.cut_off(period.year, period.month)
    expected: dict[tuple[str, str], tuple[str, str]] = {}
    for place, history in enumerate(histories):
        story = history.story if known is None else history.story[: known[place]]
        own = referee.census(story, before)
        keys = {(str(lift.pk), count) for lift in history.lifts for count in "AF"}
        ours = {key: answer[key] for key in keys if key in answer}
        assert ours == own, f"{period}: the ledger says {ours}, the referee {own}\n{history}"
        expected |= own
    assert answer.keys() == expected.keys()
    return answer


def parents() -> dict[str, str]:
    """Each division's parent by the newest rows."""
    tree = divisions.tree()
    return {path[0]: path[1] for path in (tree.path(node.code) for node in tree) if len(path) > 1}


def compare_forms(answer: Any, period: Period, seen: Any) -> None:
    """See that every form from county to nation holds the referee's figures, adds up, and is its children's sum."""
    above = parents()
    counted = referee.cells(answer, above)
    zero = dict.fromkeys(LETTERS, 0)
    for division in {*counted, "110000", "460000"}:
        form = queries.figures("2017", period, division=division, seen=seen)
        assert form == counted.get(division, zero), (period, division)
        assert form["A"] == form["B"] + form["C"] + form["D"] + form["E"]
        assert form["F"] == form["G"] + form["H"] + form["I"]
    for division in {above[code] for code in counted if code in above}:
        children = [code for code in counted if above.get(code) == division]
        own = [letter for letter, at in answer.values() if at == division]
        assert counted[division]["A"] == sum(counted[c]["A"] for c in children) + sum(1 for x in own if x in "BCDE")
        assert counted[division]["F"] == sum(counted[c]["F"] for c in children) + sum(1 for x in own if x in "GHI")
    for division, letter in (("330106", "B"), ("330100", "A"), ("330000", "H"), (ROOT, "D"), (ROOT, "F")):
        named = queries.behind("2017", period, division=division, seen=seen, cells=letter)
        theirs = sorted((str(one.lift_id), one.cohort) for one in named)
        assert theirs == referee.behind(answer, above, division, letter), (period, division, letter)


def run(names: list[str]) -> list[History]:
    """Drive the histories in rounds, comparing in between and at the end."""
    histories = some_histories(names, a_cast())
    kept = []
    for turn in range(max(history.rounds for history in histories)):
        for history in histories:
            if turn < history.rounds:
                history.advance()
        if turn == 3:
            frozen = [
                hazards.freeze_baseline(code, at=NOW, by=histories[0].cast.of(code).chief) for code in COUNTIES[2:4]
            ]
            seen = journal.snapshot()
            assert [
                queries.figures("2017", MONTH_ENDS[0], division=f.division_code, seen=seen)["A"] for f in frozen
            ] == [f.figure for f in frozen]
        period, seen = MONTH_ENDS[(turn * 7) % 25], journal.snapshot()
        known = [len(history.story) for history in histories]
        kept.append((period, seen.sequence, known, compare(histories, period, seen)))
    seen = journal.snapshot()
    together = queries.censuses("2017", MONTH_ENDS, seen=seen)
    for place, period in enumerate(MONTH_ENDS):
        assert together[period] == queries.census("2017", period, seen=seen)
        answer = compare(histories, period, seen)
        if place % 12 == 6:
            compare_forms(answer, period, seen)
    for period, sequence, known, answer in kept:
        then = journal.snapshot(sequence)
        assert said(period, then) == answer, f"{period} at {sequence} is no longer what was said then"
        compare(histories, MONTH_ENDS[24], then, known=known)
    assert verify().breaks == ()
    return histories


def test_a_thousand_histories_agree_with_the_referee():
    histories = run(seeds(0, 1_000))

    if len(histories) > 1:
        done = sum((history.done for history in histories), Counter())
        assert {"withdraw", "close_as_dismantled", "transfer", "correct", "delist", "unseal", "close", "join"} <= set(
            done
        )
        assert len(sum((history.refused for history in histories), Counter())) >= 8
        assert len(STEPS) > 20


@pytest.mark.nightly
@pytest.mark.parametrize("batch", range(1, 101))
def test_a_hundred_thousand_histories_agree_with_the_referee(batch):
    run(seeds(batch, 1_000))
