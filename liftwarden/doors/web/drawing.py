"""Draws the form of a deed from its pydantic fields, and reads it back from what was posted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, get_args, get_origin

from annotated_types import MaxLen
from django.http import QueryDict
from django.utils.translation import gettext
from pydantic.fields import FieldInfo

from liftwarden.doors.threshold.deed import Deed
from liftwarden.doors.web import choices
from liftwarden.doors.web.choices import Group, Option
from liftwarden.ground.parties.actor import Actor
from liftwarden.kernel.choices import Choice

LONG_TEXT = 400
# Two fields that mean something only together are chosen together: a grade is always (scheme, grade).
PAIRS = {"grade": "grade_scheme", "variety": "catalogue"}
PAIR_MARK = ":"


@dataclass(frozen=True)
class Input:
    """One field of a form as a template draws it."""

    name: str
    label: str
    kind: str
    hint: str = ""
    required: bool = False
    value: Any = ""
    groups: tuple[Group, ...] = ()
    max_length: int | None = None
    error: str = ""

    @property
    def chosen(self) -> tuple[str, ...]:
        """The values that are chosen, as text."""
        return tuple(map(str, self.value)) if isinstance(self.value, list | tuple) else (str(self.value),)

    @property
    def described_by(self) -> str:
        """The ids of hint and error, for those who listen to the form."""
        named = ((self.hint, f"hint-{self.name}"), (self.error, f"error-{self.name}"))
        return " ".join(key for told, key in named if told)

    @property
    def wide(self) -> bool:
        """Whether it takes the whole width of a form in two columns."""
        return self.kind in ("textarea", "checks") or (self.max_length or 0) >= 200


def form(
    deed: Deed, *, by: Actor, values: Mapping[str, Any], errors: Mapping[str, str], asked: Mapping[str, str]
) -> tuple[Input, ...]:
    """Draw every field of a deed but its subject, with values and errors in place.

    `asked` holds what narrows a list of choices, as the name that a body is looked for by.
    """
    paired = set(_pairs(deed).values())
    drawn = [
        _input(deed, name, field, by=by, asked=asked)
        for name, field in deed.fields.model_fields.items()
        if name != deed.subject and name not in paired
    ]
    pairs = _pairs(deed)
    # What must be filled in comes first; within each half, the order of the deed.
    drawn.sort(key=lambda one: not one.required)
    return tuple(_filled(one, values, errors, pairs.get(one.name, "")) for one in drawn)


def _pairs(deed: Deed) -> dict[str, str]:
    """Tell which fields of a deed are chosen together with which."""
    fields = deed.fields.model_fields
    return {name: other for name, other in PAIRS.items() if name in fields and other in fields}


def _filled(drawn: Input, values: Mapping[str, Any], errors: Mapping[str, str], paired: str) -> Input:
    error = errors.get(drawn.name, "") or errors.get(paired, "")
    given = values.get(drawn.name, drawn.value)
    if paired and PAIR_MARK not in str(given) and given:
        given = f"{values.get(paired) or ''}{PAIR_MARK}{given}"
    return replace(drawn, value=_written(given), error=error)


def _input(deed: Deed, name: str, field: FieldInfo, *, by: Actor, asked: Mapping[str, str]) -> Input:
    bare, many = _bare(field.annotation)
    longest = next((rule.max_length for rule in field.metadata if isinstance(rule, MaxLen)), None)
    groups = choices.offered(deed, name, bare, by=by, asked=asked)
    kind = _kind(name, bare, many=many, longest=longest, groups=groups)
    default = None if field.is_required() else field.default
    if name in _pairs(deed):
        scheme = deed.fields.model_fields[PAIRS[name]].default
        default = f"{scheme}{PAIR_MARK}{default}" if default and scheme else None
    return Input(
        name=name,
        label=gettext(field.title or name),
        kind=kind,
        hint=_hint(field, kind),
        required=field.is_required() or (kind == "select" and bool(default)),
        value=_written(default),
        groups=groups,
        max_length=longest,
    )


def _hint(field: FieldInfo, kind: str) -> str:
    """Say the hint of a field; where values are chosen from a list, the codes of the command line are no help."""
    return gettext(field.description) if field.description and kind not in ("select", "checks") else ""


def _kind(name: str, bare: Any, *, many: bool, longest: int | None, groups: tuple[Group, ...]) -> str:
    if name == choices.DIVISION:
        return "datalist"
    if many:
        return "checks"
    if groups:
        return "select"
    for kind, drawn in KINDS.items():
        if isinstance(bare, type) and issubclass(bare, kind):
            return drawn
    return "textarea" if (longest or 0) >= LONG_TEXT else "text"


# In this order: a moment is a day too, and a truth is a whole number too.
KINDS: dict[type, str] = {
    bool: "checkbox",
    datetime: "datetime-local",
    date: "date",
    int: "whole",
    Decimal: "decimal",
}


def _bare(annotation: Any) -> tuple[Any, bool]:
    """Take a type out of its wrappings: `Annotated[X | None, …]` gives X; `list[X]` gives X, many."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) is list:
        return _bare(get_args(annotation)[0])[0], True
    inner = [one for one in get_args(annotation) if one is not type(None)]
    if inner and not isinstance(annotation, type):
        return _bare(inner[0])
    return annotation, False


def _written(value: Any) -> Any:
    """Write a value as a form holds it."""
    match value:
        case None | False:
            return ""
        case True:
            return "on"
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M")
        case list() | tuple():
            return [str(one) for one in value]
    return value.isoformat() if isinstance(value, date) else str(value)


def posted(deed: Deed, sent: QueryDict) -> dict[str, Any]:
    """Read what was posted into the fields of a deed: blanks of choices are left out, pairs taken apart."""
    told: dict[str, Any] = {}
    for name, field in deed.fields.model_fields.items():
        bare, many = _bare(field.annotation)
        if name == deed.subject or name not in sent:
            continue
        if many:
            told[name] = sent.getlist(name)
        elif name in _pairs(deed):
            first, mark, second = str(sent[name]).partition(PAIR_MARK)
            told |= {PAIRS[name]: first, name: second} if mark else {name: sent[name]}
        elif (
            sent[name] == "" and not field.is_required() and isinstance(bare, type) and issubclass(bare, Choice | bool)
        ):
            continue
        else:
            told[name] = sent[name]
    return told


def told_back(inputs: Sequence[Input]) -> list[tuple[str, str]]:
    """Put what was filled in into words, label by label, for the page that asks to confirm."""
    return [(one.label, _words(one)) for one in inputs if one.value not in ("", [])]


def _words(drawn: Input) -> str:
    labels: dict[str, Option] = {option.value: option for group in drawn.groups for option in group.options}
    if drawn.kind == "checkbox":
        return gettext("是")
    return "、".join(labels[value].label if value in labels else value for value in drawn.chosen)
