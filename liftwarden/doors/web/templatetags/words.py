"""Filters that put rows into words; templates hold no rule of their own."""

from datetime import date, datetime
from typing import Any

from django import template
from django.template.defaultfilters import stringfilter
from django.utils.translation import gettext

from liftwarden.casework.registry import queries as registry
from liftwarden.doors.web import naming
from liftwarden.ground.divisions.tree import Tree
from liftwarden.kernel.periods import SHANGHAI

register = template.Library()

NUMBERS = (
    ("rescue_code", "应急救援识别码"),
    ("certificate_no", "使用登记证编号"),
    ("device_code", "设备代码"),
    ("registration_code", "设备注册代码"),
    ("other_number", "其他编号"),
)


@register.filter
@stringfilter
def said(value: str) -> str:
    """Say a sentence of the source in the reader's language."""
    return gettext(value) if value else ""


@register.filter
def named(value: object, kind: str) -> str:
    """Name a stored code of a kind: `{{ problem.state|named:"state" }}`."""
    return naming.named(value, kind)


@register.filter
def grade(problem: Any) -> str:
    """Name the grade of a problem under its scheme."""
    return naming.grade(problem.grade_scheme, problem.grade)


@register.filter
def division(code: str, tree: Tree) -> str:
    """Name a division with those above it; the page brings the tree, so that fifty rows ask for it once."""
    return naming.division_name(code, tree)


@register.filter
def variety(lift: Any) -> str:
    """Name the variety of a lift."""
    return gettext(registry.variety_label(lift))


@register.filter
def number(lift: Any) -> str:
    """Give the number that people call a lift by: the first of its identities."""
    return next((getattr(lift, column) for column, _ in NUMBERS if getattr(lift, column)), "")


@register.filter
def number_kind(lift: Any) -> str:
    """Tell which of its identities `number` gave."""
    return next((gettext(kind) for column, kind in NUMBERS if getattr(lift, column)), "")


@register.filter
def day(value: date | datetime | None) -> str:
    """Write a day as 2017-03-05, by the Chinese calendar day."""
    if value is None:
        return ""
    return (value.astimezone(SHANGHAI).date() if isinstance(value, datetime) else value).isoformat()


@register.filter
def moment(value: datetime | None) -> str:
    """Write a moment as 2017-03-05 10:30, Chinese time."""
    return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if value else ""


@register.filter
def at(listed: dict[Any, Any], key: Any) -> Any:
    """Look a key up; none where it is absent."""
    return listed.get(key)


@register.inclusion_tag("_due.html")
def due(due_on: date | None, today: date | datetime) -> dict[str, Any]:
    """Tell how long is left, or how late it is; the clock has a word beside its colour."""
    on = today.astimezone(SHANGHAI).date() if isinstance(today, datetime) else today
    left = (due_on - on).days if due_on else None
    return {"due_on": due_on, "left": left, "late": -left if left is not None and left < 0 else 0}
