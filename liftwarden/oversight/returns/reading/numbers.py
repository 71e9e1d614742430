"""Read one count as people type it: full-width digits, separators, its unit before or after, brackets round either."""

import re
import unicodedata
from collections.abc import Iterable

from liftwarden.kernel.words import narrowed

# Marks that stand for "does not apply"; they are not 0 and not a blank.
NOT_APPLICABLE = frozenset({"不适用", "/", "\\", "—", "——", "-", "--", "―", "N/A", "NA", "n/a"})
GROUPED = re.compile(r"\d{1,3}(?:[,，']\d{3})+", re.ASCII)
PLAIN = re.compile(r"\d+", re.ASCII)
WHOLE = re.compile(r"(\d+)\.0+", re.ASCII)
BRACKETS = re.compile(r"[()（）\[\]【】〔〕]")
FILLERS = ("共计", "合计", "共", "计")
UNDERLINES = re.compile(r"_+")
MOST_DIGITS = 12


class NoCount(ValueError):  # noqa: N818 (named as refusals are)
    """A text that is no count."""


def count(text: str, *, units: Iterable[str]) -> int | str | None:
    """Read a count: an integer, `None` for a blank, or the mark that says it does not apply.

    Raises:
        NoCount: if the text is anything else; nothing is guessed.

    """
    # A raised 2 is a footnote or a slip, though folding its width would make it a digit.
    if any(unicodedata.category(c) in ("No", "Nl") for c in text):
        raise NoCount(text)
    bare = without_unit(text, units)
    if not bare:
        return None
    if bare in NOT_APPLICABLE:
        return bare
    if whole := WHOLE.fullmatch(bare):
        bare = whole[1]
    for form in (PLAIN, GROUPED):
        if form.fullmatch(bare):
            digits = re.sub(r"\D", "", bare)
            if len(digits) > MOST_DIGITS:
                break
            return int(digits)
    raise NoCount(text)


def without_unit(text: str, units: Iterable[str]) -> str:
    """Strip unit, brackets, fillers and rule lines from around a number."""
    bare = UNDERLINES.sub(" ", BRACKETS.sub(" ", narrowed(text)))
    bare = " ".join(bare.split())
    for unit in units:
        bare = bare.removesuffix(unit).removeprefix(unit).strip()
    for filler in FILLERS:
        bare = bare.removeprefix(filler).lstrip(":： ")
    return bare.strip(" 。;；.") if bare not in NOT_APPLICABLE else bare


def has_digit(text: str) -> bool:
    """Tell whether there is anything in the text that could be a number."""
    return any(c.isdigit() for c in narrowed(text))
