"""Find the printed labels of a form in the cells of a document, whatever spaces, breaks or letters were lost."""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher

from liftwarden.oversight.returns.definition import Cell, Form, Text
from liftwarden.oversight.returns.reading.page import Box

# How alike a mistyped label must be to its printed words, and how long before likeness means anything.
ALIKE = 0.86
SHORTEST_ALIKE = 8
LONGEST_ALIKE = 120
# After the label of a count stand a letter, a number, a unit; more words than this are a sentence, not a label.
LONGEST_TAIL = 18
CLOSERS = '：:）)】]”"」』'


@dataclass(frozen=True, slots=True)
class Found:
    """One label in one cell: the items it may be, and where its words begin and end in the cell's text."""

    codes: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Stem:
    """The folded words of a label without its letter, and the items that share them."""

    words: str
    codes: tuple[str, ...]
    is_count: bool
    is_text: bool


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a form: its labels, the longest first; what may stand between two labels of a cell; its letters."""

    stems: tuple[Stem, ...]
    spacer: re.Pattern[str]
    letters: frozenset[str]


def vocabulary(form: Form) -> Vocabulary:
    """Gather the words that a form prints."""
    shared: dict[str, list[str]] = defaultdict(list)
    for item in form.items:
        for spelling in (item.label, *item.also):
            words = fold(spelling)[0]
            if isinstance(item, Cell):
                words = words.removesuffix(item.code.lower()) or words
            if item.code not in shared[words]:
                shared[words].append(item.code)
    kinds = {item.code: type(item) for item in form.items}
    stems = [
        Stem(words, tuple(codes), all(kinds[c] is Cell for c in codes), all(kinds[c] is Text for c in codes))
        for words, codes in shared.items()
    ]
    printed = {word for a in form.answers for word in (a.yes, a.no)} | {w for o in form.options for w in o.choices}
    units = {unit for cell in form.cells for unit in (cell.unit, *cell.units_also)}
    between = sorted((fold(word)[0] for word in printed | units), key=len, reverse=True)
    spacer = re.compile(rf"(?:{'|'.join(map(re.escape, filter(None, between)))}|\d|v)*[a-z]?")
    return Vocabulary(
        tuple(sorted(stems, key=lambda stem: -len(stem.words))), spacer, frozenset(cell.code for cell in form.cells)
    )


def fold(text: str) -> tuple[str, tuple[int, ...]]:
    """Drop blanks and punctuation, fold widths and case; give the kept characters and where each stood."""
    kept: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for narrow in unicodedata.normalize("NFKC", character).lower():
            if unicodedata.category(narrow)[0] in "LN":
                kept.append(narrow)
                places.append(place)
    return "".join(kept), tuple(places)


def exact(box: Box, known: Vocabulary) -> tuple[Found, ...]:
    """Find the labels that a cell spells out, from left to right: the first opens the cell, another follows a value."""
    folded, places = fold(box.text)
    found: list[Found] = []
    at, last = 0, 0
    while (hit := _next(folded, at, known)) is not None:
        start, stem = hit
        at = start + len(stem.words)
        if not known.spacer.fullmatch(folded[last:start]):
            break
        codes, at = _lettered(stem, folded, start, at)
        following = _next(folded, at, known)
        tail = (following[0] if following else len(folded)) - at
        if stem.is_count and tail > LONGEST_TAIL:
            break
        found.append(Found(codes, places[start], _closed(box.text, places[at - 1] + 1)))
        last = at
        if stem.is_text:
            break
    return tuple(found)


def _next(folded: str, start: int, known: Vocabulary) -> tuple[int, Stem] | None:
    hits = [(folded.find(stem.words, start), -len(stem.words), index) for index, stem in enumerate(known.stems)]
    present = [hit for hit in hits if hit[0] != -1]
    if not present:
        return None
    place, _, index = min(present)
    return place, known.stems[index]


def _lettered(stem: Stem, folded: str, start: int, end: int) -> tuple[tuple[str, ...], int]:
    """Read the letter after (or before) a label, which tells apart labels of the same words."""
    after, then = folded[end : end + 1].upper(), folded[end + 1 : end + 2]
    if after in stem.codes and not (then.isascii() and then.isalpha()):
        return (after,), end + 1
    before = folded[start - 1 : start].upper() if start else ""
    return ((before,), end) if before in stem.codes else (stem.codes, end)


def _closed(text: str, place: int) -> int:
    """Pass over the punctuation that closes a label, so that what follows is the value."""
    while place < len(text) and text[place] in CLOSERS:
        place += 1
    return place


def alike(box: Box, missing: frozenset[str], known: Vocabulary) -> tuple[Found, ...]:
    """Take a cell for a label that is nowhere spelled out, if its words are nearly those of that one label."""
    folded, _ = fold(box.text)
    if not SHORTEST_ALIKE <= len(folded) <= LONGEST_ALIKE:
        return ()
    letter = folded[-1].upper() if folded[-1].upper() in known.letters else ""
    bare = folded[:-1] if letter else folded
    close = {stem.codes for stem in known.stems if _near(stem.words, bare)}
    codes = {code for each in close for code in each if code in missing and (not letter or code == letter)}
    return (Found(tuple(sorted(codes)), 0, len(box.text)),) if len(close) == 1 and codes else ()


def _near(printed: str, typed: str) -> bool:
    likeness = SequenceMatcher(None, printed, typed, autojunk=False)
    # The two quick bounds spare nearly every comparison in a large document.
    return all(bound() >= ALIKE for bound in (likeness.real_quick_ratio, likeness.quick_ratio, likeness.ratio))


def lone_letter(box: Box, missing: frozenset[str]) -> tuple[Found, ...]:
    """Take a cell that holds only a letter for the label of that count, where its words are nowhere."""
    letter = fold(box.text)[0].upper()
    return (Found((letter,), 0, len(box.text)),) if letter in missing else ()


def find(form: Form, boxes: tuple[Box, ...]) -> dict[int, tuple[Found, ...]]:
    """Find every label of a form, by index of cell: spelled out first, then nearly, then by letter alone."""
    known = vocabulary(form)
    found = {index: each for index, box in enumerate(boxes) if (each := exact(box, known))}
    for missing_kind in ("alike", "letter"):
        met = {code for each in found.values() for f in each for code in f.codes}
        missing = frozenset(item.code for item in form.items) - met
        for index, box in enumerate(boxes):
            if missing and index not in found:
                guess = (
                    alike(box, missing, known) if missing_kind == "alike" else lone_letter(box, missing & known.letters)
                )
                if guess:
                    found[index] = guess
    texts = {item.code for item in form.items if isinstance(item, Text)}
    return _assigned(_without_echoes(found, boxes, texts), boxes, form)


def _without_echoes(
    found: dict[int, tuple[Found, ...]], boxes: tuple[Box, ...], texts: set[str]
) -> dict[int, tuple[Found, ...]]:
    """Drop a label right beside itself: a text whose first words repeat its label is the value, no second label."""
    starts = {
        (boxes[i].grid, boxes[i].row, boxes[i].column + boxes[i].columns, each[-1].codes) for i, each in found.items()
    }

    def echoes(index: int, each: tuple[Found, ...]) -> bool:
        box = boxes[index]
        return each[0].codes[0] in texts and (box.grid, box.row, box.column, each[0].codes) in starts

    return {index: each for index, each in found.items() if not echoes(index, each)}


def _assigned(found: dict[int, tuple[Found, ...]], boxes: tuple[Box, ...], form: Form) -> dict[int, tuple[Found, ...]]:
    """Give labels of the same words their item, by the label that leads their row in the printed grid."""
    leaders = _leaders(form)
    sure = {f.codes[0]: boxes[index] for index, each in found.items() for f in each if len(f.codes) == 1}
    return {index: tuple(_settled(f, boxes[index], leaders, sure) for f in each) for index, each in found.items()}


def _leaders(form: Form) -> dict[str, str]:
    """Tell for each item which label stands leftmost in its printed row."""
    placed = form.placed
    leaders: dict[str, str] = {}
    for each in placed:
        code = each.slot.label or each.slot.both
        first = next(p for p in placed if p.column == 0 and p.row <= each.row < p.row + p.slot.rows)
        lead = first.slot.label or first.slot.both
        if code and lead and lead != code:
            leaders[code] = lead
    return leaders


def _settled(found: Found, box: Box, leaders: dict[str, str], sure: dict[str, Box]) -> Found:
    """Settle a label by the nearest leader at or above its row; one that no leader settles keeps all its items."""
    if len(found.codes) == 1:
        return found
    above = []
    for code in found.codes:
        lead = sure.get(leaders.get(code, ""))
        if lead is not None and lead.grid == box.grid and lead.row <= box.row:
            above.append((lead.row, code))
    above.sort(reverse=True)
    if not above or (len(above) > 1 and above[0][0] == above[1][0]):
        return found
    return Found((above[0][1],), found.start, found.end)
