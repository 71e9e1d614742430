"""The demonstration's returns: the first quarter of 2017 signed off at three heights, the second a draft of the province."""

from datetime import datetime

from liftwarden.doors.demonstration.people import CITY, DISTRICT, PROVINCE, Cast
from liftwarden.kernel.periods import Period
from liftwarden.oversight.returns import actions as returns
from liftwarden.oversight.returns.content import Told

FORM = "2017-annex"
SIGNED, OPEN = Period(2017, 3), Period(2017, 6)
# Who fills and who approves, and what they type; J and K are ours, no province's filed annex of 2017 was found.
HEIGHTS = (
    (DISTRICT, "qu-stat", "qu-chief", "0", "0"),
    (CITY, "shi-stat", "shi-chief", "1", "900"),
    (PROVINCE, "sheng-stat", "sheng-chief", "9", "2400"),
)
TYPED = {
    "hotline.in_service": "是",
    "hotline.number": "96333",
    "disclosure.practised": "是",
    "disclosure.forms": "季度",
    "disclosure.content": "维保单位基本情况、困人率、检验结论（演示）",
    "texts.reasons": "老旧住宅维修资金动用难，业主意见不一（演示）。",
    "texts.problems": "层门锁紧装置磨损、紧急报警装置无应答（演示）。",
    "texts.highlights": "一梯一档，逐台销号（演示）。",
}


def file_all(cast: Cast, *, now: datetime) -> None:
    """File the returns through the public actions: filled, checked, approved by another, signed off."""
    for division, clerk, chief, platforms, covered in HEIGHTS:
        filler, approver = cast.actor(clerk, now), cast.actor(chief, now)
        told = Told(values={**TYPED, "J": platforms, "K": covered}, contact="演示联系人", synthetic=True)
        held = returns.save(FORM, division, SIGNED, told, at=now, by=filler)
        returns.check(held.pk, at=now, by=filler)
        returns.approve(held.pk, at=now, by=approver)
        returns.sign_off(held.pk, at=now, by=approver)
    draft = Told(values={"J": "10", "K": "2600", **TYPED}, contact="演示联系人", synthetic=True)
    returns.save(FORM, PROVINCE, OPEN, draft, at=now, by=cast.actor("sheng-stat", now))
