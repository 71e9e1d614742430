"""Pinyin initials of Chinese text, every reading of a polyphone kept."""

from itertools import product

from pypinyin import Style, pinyin

MOST_READINGS = 16


def initials(text: str) -> tuple[str, ...]:
    """List the initials a person might type for a text, e.g. 重庆路 → cqlu's `cql` and `zql`; letters and digits stay.

    At most 16 readings: texts with more polyphones keep the first ones, the commonest reading always among them.
    """
    letters = [
        sorted({reading[0].lower() for reading in readings if reading}, key=[r[0].lower() for r in readings if r].index)
        for readings in pinyin(text, style=Style.FIRST_LETTER, heteronym=True, errors=_one_by_one)
    ]
    found: list[str] = []
    for choice in product(*letters):
        found.append("".join(choice))
        if len(found) == MOST_READINGS:
            break
    return tuple(found)


def _one_by_one(text: str) -> list[list[str]] | list[str] | None:
    return [char.lower() for char in text if char.isalnum()] or None
