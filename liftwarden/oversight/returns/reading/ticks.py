"""Read a row of boxes: which of the printed choices carry a tick, wherever around its box the tick was put.

Source: the 2017 notice, annex, note 3 (√ at the □). People also fill the box, or put √ before, after or in place of it.
"""

import re
from dataclasses import dataclass
from itertools import product
from math import prod

from liftwarden.kernel.words import narrowed

EMPTY = "□☐▢◻◯○〇⬜▫❏❐❑❒"
FULL = "■✅☑☒●◼⬛▣⊠◉⦿🗹🗵▪◆"
TICK = "√✓✔🗸ˇ∨Vv"
CROSS = "×✗✘╳Xx�"
# Longest row worth reading, and the most marks between two choices; more is not a row of boxes.
LONGEST = 400
MOST_MARKS = 6
MOST_WAYS = 20_000
# Word's U+221A with a bar, and marks set over a box, come out of some editors as combining characters.
TICKED_BRACKETS = re.compile(rf"[(（\[【〔]\s*[{TICK}]\s*[)）\]】〕]")
EMPTY_BRACKETS = re.compile(r"[(（\[【〔]\s*[)）\]】〕]")
COMBINING = re.compile("[\u0300-\u036f\u20d0-\u20ff\ufe0e\ufe0f\u200b-\u200d]")


class NoChoice(ValueError):  # noqa: N818 (named as refusals are)
    """A row whose ticks cannot be told apart; the text is a Chinese clause."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark: `kind` is box, full, tick; `space` is how many blanks stand before it."""

    kind: str
    space: int


def ticked(text: str, choices: tuple[str, ...]) -> tuple[str, ...]:
    """Tell which choices are ticked, in their printed order.

    Raises:
        NoChoice: if a choice is missing or doubled while marks are there, a mark is unknown, or a tick has two owners.

    """
    row = TICKED_BRACKETS.sub(FULL[0], COMBINING.sub("", narrowed_marks(text)))
    row = EMPTY_BRACKETS.sub(EMPTY[0], row)
    if not row.strip():
        return ()
    if len(row) > LONGEST:
        raise NoChoice("内容过长，不像是一行选项")
    gaps, named = _split(row, choices)
    if not named or len(set(named)) < len(named):
        raise NoChoice(f"“{row.strip()}”不是可辨认的选项（应为：{'、'.join(choices)}）")
    if all(mark.kind == "end" for gap in gaps for mark in gap):
        # Choices simply written out are an answer; all of them, unmarked, are a row left blank.
        return () if len(named) == len(choices) else tuple(choice for choice in choices if choice in named)
    owners = _owners(gaps, len(named))
    if len(owners) > 1:
        raise NoChoice(f"“{row.strip()}”中的√夹在两个选项之间，看不出属于哪一个")
    if not owners:
        raise NoChoice(f"“{row.strip()}”中的方框与√对不上选项")
    on = dict(zip(named, next(iter(owners)), strict=True))
    return tuple(choice for choice in choices if on.get(choice))


def narrowed_marks(text: str) -> str:
    """Fold full-width letters; the marks themselves keep their code."""
    return "".join(c if c in EMPTY + FULL + TICK + CROSS else narrowed(c) or " " for c in text)


def _split(row: str, choices: tuple[str, ...]) -> tuple[list[list[Mark]], tuple[str, ...]]:
    """Cut the row at the choices: the marks before each and after the last, and the choices met."""
    gaps: list[list[Mark]] = [[]]
    named: list[str] = []
    space = at = 0
    longest_first = sorted(choices, key=len, reverse=True)
    trailing: list[int] = []
    while at < len(row):
        character = row[at]
        if found := next((choice for choice in longest_first if row.startswith(choice, at)), None):
            trailing.append(space)
            named.append(found)
            gaps.append([])
            at, space = at + len(found), 0
            continue
        if character.isspace() or character in "_,，、；;。及和/":
            space += character != "\u200b"
        elif character in ":：":
            pass  # A colon ties what follows to its choice: it is no space.
        elif character in CROSS:
            raise NoChoice(f"“{row.strip()}”中的“{character}”不是√，看不出是选还是不选")
        elif kind := _kind(character):
            gaps[-1].append(Mark(kind, space))
            space = 0
        else:
            raise NoChoice(f"“{row.strip()}”中有选项以外的内容“{row[at : at + 12].strip()}”")
        at += 1
    # The blanks between a gap's last mark and the next choice decide where an unclear tick belongs.
    for gap, blanks in zip(gaps, trailing, strict=False):
        gap.append(Mark("end", blanks))
    return gaps, tuple(named)


def _kind(character: str) -> str:
    if character in EMPTY:
        return "box"
    if character in FULL:
        return "full"
    return "tick" if character in TICK else ""


def _owners(gaps: list[list[Mark]], count: int) -> set[tuple[bool, ...]]:
    """Try every way to give the marks to the choices; keep those that make sense and part at the widest blank."""
    for gap in gaps:
        if len(gap) > MOST_MARKS:
            raise NoChoice("方框或√太多，看不出属于哪个选项")
    inner = gaps[1:count]
    ways = [range(sum(mark.kind != "end" for mark in gap) + 1) for gap in inner]
    if prod(map(len, ways)) > MOST_WAYS:
        raise NoChoice("方框或√太多，看不出属于哪个选项")
    best: dict[tuple[bool, ...], float] = {}
    for cuts in product(*ways):
        outcome = _outcome(gaps, cuts, count)
        if outcome is not None:
            width = sum(gap[cut].space for gap, cut in zip(inner, cuts, strict=True))
            best[outcome] = max(best.get(outcome, -1), width)
    widest = max(best.values(), default=0)
    return {outcome for outcome, width in best.items() if width == widest}


def _outcome(gaps: list[list[Mark]], cuts: tuple[int, ...], count: int) -> tuple[bool, ...] | None:
    sides: list[str] = []
    ticks: list[bool] = []
    for index in range(count):
        before = [m.kind for m in gaps[index] if m.kind != "end"]
        after = [m.kind for m in gaps[index + 1] if m.kind != "end"]
        before = before[cuts[index - 1] :] if index else before
        after = after[: cuts[index]] if index < count - 1 else after
        own = before + after
        boxes = sum(kind in ("box", "full") for kind in own)
        if boxes > 1 or own.count("tick") > 1:
            return None
        if boxes:
            sides.append("before" if any(kind in ("box", "full") for kind in before) else "after")
        ticks.append("tick" in own or "full" in own)
    # Boxes are printed all before their words or all after them; a choice may have lost its box to a √ in its place.
    return tuple(ticks) if len(set(sides)) <= 1 else None
