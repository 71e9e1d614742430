"""Builds what a lift is searched by."""

from liftwarden.casework.registry.models import Lift, SearchText
from liftwarden.casework.registry.pinyin import initials


def search_text(lift: Lift, *, division_name: str) -> SearchText:
    """Put together the words and initials of one lift; internal numbers among them, identity numbers not."""
    words = " ".join(part for part in (lift.estate, lift.address, lift.internal_no, division_name) if part)
    spelled = {reading for part in (lift.estate, lift.address) if part for reading in initials(part)}
    return SearchText(
        lift_id=lift.pk,
        division_code=lift.division_code,
        words=words.lower(),
        initials=" ".join(sorted(spelled)),
    )
