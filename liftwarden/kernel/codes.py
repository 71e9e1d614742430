"""The numbers a lift is known by, checked as strings.

Source: docs/sources/facts.md, identifiers of one lift (grades there: device code V for 18 characters, R for 17;
registration code V; certificate number seen in working systems only; rescue code V).
"""

import re

from liftwarden.kernel.refusals import Refusal
from liftwarden.kernel.words import narrowed

DEVICE_CODE = re.compile(r"[1-9]\d{3}[0-9]{2}[0-9A-Z]{3}\d{4}[0-9A-Z]{4,5}")
DEVICE_CODE_ALLOWED = "应为 18 位（旧规则 17 位）：品种 4 位、地区 2 位、许可序号 3 位、制造年 4 位、顺序号 5 位"
REGISTRATION_CODE = re.compile(r"\d{20}")
CERTIFICATE_NO = re.compile(r"梯\d{2}\D{1,2}[A-Z]?\d{4,5}(?:\(\d{2}\))?")
RESCUE_CODE = re.compile(r"\d{5,6}")


class BadCode(Refusal):
    """A number whose shape no lift can have."""

    code = "bad_code"
    sentence = "{kind}“{text}”格式不对：{allowed}。"


def device_code(text: str) -> str:
    """Normalise a 设备代码: variety 4, region 2, licence 3, year 4, serial 5 (or 4 under the older rules).

    Raises:
        BadCode: if it has neither 18 nor 17 characters of that structure.
    """
    code = narrowed(text).upper()
    if not DEVICE_CODE.fullmatch(code):
        raise BadCode(
            kind="设备代码",
            text=text,
            allowed=DEVICE_CODE_ALLOWED,
        )
    return code


def registration_code(text: str) -> str:
    """Normalise an old 设备注册代码: class 4, division 6, yyyymm 6, serial 4.

    Raises:
        BadCode: if it is not 20 digits.
    """
    code = narrowed(text)
    if not REGISTRATION_CODE.fullmatch(code):
        raise BadCode(kind="设备注册代码", text=text, allowed="应为 20 位数字")
    return code


def certificate_no(text: str) -> str:
    """Normalise a 使用登记证编号; many records hold the old 20-digit code in its place, which is accepted.

    Raises:
        BadCode: if it has neither form.
    """
    code = narrowed(text).upper().replace(" ", "")
    if not (CERTIFICATE_NO.fullmatch(code) or REGISTRATION_CODE.fullmatch(code)):
        raise BadCode(kind="使用登记证编号", text=text, allowed="应形如 梯11宁A00001(17)，或为旧的 20 位注册代码")
    return code


def rescue_code(text: str) -> str:
    """Normalise an 应急救援识别码; it is a string: leading zeros count.

    Raises:
        BadCode: if it is not 5 or 6 digits.
    """
    code = narrowed(text)
    if not RESCUE_CODE.fullmatch(code):
        raise BadCode(kind="应急救援识别码", text=text, allowed="应为 5 或 6 位数字，前面的 0 不能省略")
    return code
