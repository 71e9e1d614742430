"""Text as people type it: full-width forms, spaces and formula-looking cells."""

import unicodedata

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")


def narrowed(text: str) -> str:
    """Fold full-width digits and letters to ASCII and drop outer blanks; for numbers and codes, never for names."""
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def tidied(text: str) -> str:
    """Drop outer blanks, control characters and runs of blanks, leaving the characters of a name as they are."""
    if text.isprintable():  # no control character in it: the quick way for nearly every text of an import
        return " ".join(text.split())
    kept = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    return " ".join(kept.split())


def defused(text: str) -> str:
    """Prefix an apostrophe where a spreadsheet would take the text for a formula (for CSV, which has no cell types)."""
    return "'" + text if text.startswith(FORMULA_STARTS) else text
