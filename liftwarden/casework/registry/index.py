"""Builds what a lift is searched by."""

from liftwarden.casework.registry.models import Lift, SearchText
from liftwarden.casework.registry.pinyin import initials


def search_text(lift: Lift, *, division_name: str) -> SearchText:
    """Put together the words and initials of one lift; internal numbers among them, identity numbers not."""
    words, spelled = searched_by(lift.estate, lift.address, lift.internal_no, division_name=division_name)
    return SearchText(lift_id=lift.pk, division_code=lift.division_code, words=words, initials=spelled)


def searched_by(estate: str, address: str, internal_no: str, *, division_name: str) -> tuple[str, str]:
    """Put together the words and the initials of a lift, without the lift; what another part contains is left out."""
    words: list[str] = []
    for part in (address, estate, internal_no, division_name):
        if part and not any(part in longer for longer in words):
            words.append(part)
    spelled = [initials(part) for part in (address, estate) if part and part in words]
    return " ".join(words).lower(), " ".join(reading for readings in spelled for reading in readings)
