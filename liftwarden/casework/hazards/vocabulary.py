"""The words of the ledger as dated data: categories, causes, blockers and grade schemes."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from liftwarden.kernel.refusals import BadInput, Refusal


class SchemeNotInForce(Refusal):
    """A grade under a scheme that was not in force on the day of the finding."""

    code = "scheme_not_in_force"
    sentence = "“{scheme}”自 {from_on} 起施行{until}，不能用于 {found_on} 发现的隐患；当日可用：{usable}。"


@dataclass(frozen=True)
class Scheme:
    """One way to grade a danger, with the list that makes it grave; a grade means nothing without its scheme."""

    code: str
    label: str
    source: str
    verified: bool
    default: bool
    grades: Mapping[str, str]
    grave: str
    effective_from: date
    effective_to: date | None
    items: Mapping[str, str]

    def holds_on(self, day: date) -> bool:
        """Whether it was in force on a day."""
        return self.effective_from <= day and (self.effective_to is None or day < self.effective_to)


@cache
def vocabulary() -> dict[str, Any]:
    """Read categories, causes, blockers and grade schemes."""
    return tomllib.loads((files("liftwarden.casework.hazards") / "data" / "categories.toml").read_text("utf-8"))


@cache
def schemes() -> dict[str, Scheme]:
    """List every grade scheme by its code."""
    return {
        code: Scheme(code=code, **({"effective_to": None, "items": {}} | told))
        for code, told in vocabulary()["schemes"].items()
    }


def schemes_on(day: date) -> tuple[Scheme, ...]:
    """List the schemes in force on a day."""
    return tuple(scheme for scheme in schemes().values() if scheme.holds_on(day))


def scheme_on(day: date) -> str:
    """Name the scheme that is taken on a day where none is named; "" where none was in force."""
    return next((scheme.code for scheme in schemes_on(day) if scheme.default), "")


def refuse_unknown(told: Any, *, found_on: date) -> None:
    """Refuse a category, cause or grade (of anything that has them) that is not in the lists of that day.

    Raises:
        BadInput: naming what may be used.
        SchemeNotInForce: if the scheme came later or has ended.

    """
    words = vocabulary()
    if told.category not in words["categories"]:
        raise BadInput(field="隐患类别", reason=f"没有“{told.category}”；可用：" + "、".join(words["categories"]))
    if told.cause not in words["causes"]:
        raise BadInput(field="原因", reason=f"没有“{told.cause}”；可用：" + "、".join(words["causes"]))
    scheme = schemes().get(told.grade_scheme)
    if scheme is None:
        raise BadInput(field="等级口径", reason=f"没有“{told.grade_scheme}”；可用：" + "、".join(schemes()))
    _refuse_out_of_force(scheme, found_on)
    if told.grade not in scheme.grades:
        raise BadInput(field="等级", reason=f"“{scheme.label}”中没有“{told.grade}”；可用：" + "、".join(scheme.grades))
    if told.grade_item and (told.grade != scheme.grave or told.grade_item not in scheme.items):
        usable = (
            "、".join(scheme.items) if told.grade == scheme.grave else f"只有“{scheme.grades[scheme.grave]}”才有条目"
        )
        raise BadInput(field="等级条目", reason=f"没有“{told.grade_item}”；可用：{usable}")


def _refuse_out_of_force(scheme: Scheme, day: date) -> None:
    if scheme.holds_on(day):
        return
    raise SchemeNotInForce(
        scheme=scheme.label,
        from_on=scheme.effective_from.isoformat(),
        until=f"、至 {scheme.effective_to.isoformat()} 止" if scheme.effective_to else "",
        found_on=day.isoformat(),
        usable="、".join(one.code for one in schemes_on(day)) or "无",
    )
