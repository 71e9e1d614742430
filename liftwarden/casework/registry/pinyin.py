"""Pinyin initials of Chinese text, every reading of a polyphone kept."""

import re
from functools import lru_cache
from itertools import product

from pypinyin import Style, pinyin
from pypinyin.constants import RE_HANS

MOST_READINGS = 16
# pypinyin reads each run of Chinese characters by itself, so a run may be remembered: streets and estates recur by the
# thousand in one city's list, and its reading of a run costs more than everything else about a lift.
_HAN = RE_HANS.pattern.removeprefix("^(?:").removesuffix(")+$")
_RUNS = re.compile(f"(?:{_HAN})+|(?:(?!{_HAN}).)+", re.DOTALL)


def initials(text: str) -> tuple[str, ...]:
    """List the initials a person might type for a text, e.g. 重庆路 → cqlu's `cql` and `zql`; letters and digits stay.

    At most 16 readings: texts with more polyphones keep the first ones, the commonest reading always among them.
    """
    letters = [option for run in _RUNS.findall(text) for option in _letters(run)]
    found: list[str] = []
    for choice in product(*letters):
        found.append("".join(choice))
        if len(found) == MOST_READINGS:
            break
    return tuple(found)


@lru_cache(maxsize=100_000)
def _letters(run: str) -> tuple[tuple[str, ...], ...]:
    """Give, for each letter to type for one run, its readings, the commonest first."""
    if not RE_HANS.match(run):
        return tuple((char.lower(),) for char in run if char.isalnum())
    found = []
    for readings in pinyin(run, style=Style.FIRST_LETTER, heteronym=True, errors=_one_by_one):
        given = [reading[0].lower() for reading in readings if reading]
        found.append(tuple(sorted(set(given), key=given.index)))
    return tuple(found)


def _one_by_one(text: str) -> list[list[str]] | list[str] | None:
    return [char.lower() for char in text if char.isalnum()] or None
