"""Builds what a lift is searched by."""

from liftwarden.casework.registry.models import Lift, SearchText
from liftwarden.casework.registry.pinyin import initials


def search_text(lift: Lift, *, division_name: str) -> SearchText:
    """Put together the words and initials of one lift; internal numbers among them, identity numbers not."""
    words, spelled = searched_by(lift.estate, lift.address, lift.internal_no, division_name=division_name)
    return SearchText(lift_id=lift.pk, division_code=lift.division_code, words=words, initials=spelled)


def searched_by(estate: str, address: str, internal_no: str, *, division_name: str) -> tuple[str, str]:
    """Put together the words and the initials of a lift, without the lift."""
    words = " ".join(part for part in (estate, address, internal_no, division_name) if part)
    spelled = {reading for part in (estate, address) if part for reading in initials(part)}
    return words.lower(), " ".join(sorted(spelled))
