"""What people typed into a return, apart from what the ledger counts; pure, with one canonical text."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from liftwarden.kernel.refusals import Refusal
from liftwarden.kernel.words import narrowed, tidied
from liftwarden.oversight.returns.definition import Answer, Cell, Form, Item, Options, Text
from liftwarden.oversight.returns.reading import numbers

# Longer than any text the definitions allow: the rules say what is too long, the store only refuses a flood.
LONGEST_TEXT = 20_000
LONGEST_REASON = 400
NOT_APPLICABLE = "不适用"
YES = frozenset({"是", "√", "yes", "y", "true", "1"})
NO = frozenset({"否", "no", "n", "false", "0"})

Value = int | bool | str | tuple[str, ...]


class UnknownItem(Refusal):
    """A code that the form does not have."""

    code = "unknown_item"
    sentence = "本表没有“{item}”这一项；可填：{available}。"


class BadValue(Refusal):
    """A value that its item cannot hold."""

    code = "bad_value"
    sentence = "“{item}”不能填“{value}”：{allowed}。"


class NoReason(Refusal):
    """A typed number in place of the ledger's, without a reason."""

    code = "no_reason"
    sentence = "{item} 由台账计数（现为 {ledger}），改填 {typed} 须写明理由。"


@dataclass(frozen=True, slots=True)
class Why:
    """Why a typed value stands in place of the ledger's, and by which post (never by whom)."""

    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Content:
    """Everything of a return that is not counted: values by item code, reasons of overrides, coded reasons."""

    reporting_body: str = ""
    division_name: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    not_applicable: tuple[str, ...] = ()
    coded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    why: Mapping[str, Why] = field(default_factory=dict)
    synthetic: bool = False

    def dumped(self) -> str:
        """Write it as its one canonical text."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def loaded(text: str) -> Content:
    """Read it back."""
    plain = json.loads(text)
    return Content(
        reporting_body=plain["reporting_body"],
        division_name=plain["division_name"],
        values={code: tuple(value) if isinstance(value, list) else value for code, value in plain["values"].items()},
        not_applicable=tuple(plain["not_applicable"]),
        coded={text: tuple(codes) for text, codes in plain["coded"].items()},
        why={code: Why(**told) for code, told in plain["why"].items()},
        synthetic=plain["synthetic"],
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody types at one time: texts by item (a blank one clears), reasons, coded reasons; the rest stays."""

    values: Mapping[str, str] = field(default_factory=dict)
    because: Mapping[str, str] = field(default_factory=dict)
    coded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reporting_body: str | None = None
    contact: str | None = None
    synthetic: bool | None = None


def merged(form: Form, held: Content, told: Told, *, ledger: Mapping[str, int], by: str) -> Content:
    """Put what was typed over what was held; `ledger` has the numbers that are counted now, `by` is a post's label.

    Raises:
        UnknownItem, BadValue: for what the form cannot hold.
        NoReason: if a ledger cell is typed over without a reason.

    """
    values, why, not_applicable = dict(held.values), dict(held.why), set(held.not_applicable)
    because = {item(form, key).code: tidied(text) for key, text in told.because.items()}
    for key, text in told.values.items():
        found = item(form, key)
        values.pop(found.code, None)
        why.pop(found.code, None)
        not_applicable.discard(found.code)
        value = parsed(found, text)
        if value == NOT_APPLICABLE and isinstance(found, Cell):
            not_applicable.add(found.code)
        elif value is not None and value != ledger.get(found.code):
            values[found.code] = value
            if found.code in ledger:
                why[found.code] = _why(found, value, ledger, because.get(found.code) or _held(held, found.code), by)
    for code, reason in because.items():
        if code in why:
            why[code] = Why(reason[:LONGEST_REASON], by)
        elif code not in {item(form, key).code for key in told.values}:
            raise BadValue(item=code, value=reason, allowed="只有改填台账数的格才写理由")
    coded = {**held.coded, **{item(form, key).code: _known(form, key, codes) for key, codes in told.coded.items()}}
    return replace(
        held,
        values=values,
        why=why,
        not_applicable=tuple(sorted(not_applicable)),
        coded={text: codes for text, codes in coded.items() if codes},
        reporting_body=held.reporting_body if told.reporting_body is None else tidied(told.reporting_body),
        synthetic=held.synthetic if told.synthetic is None else told.synthetic,
    )


def _held(held: Content, code: str) -> str:
    return held.why[code].reason if code in held.why else ""


def _why(found: Item, value: Value, ledger: Mapping[str, int], reason: str, by: str) -> Why:
    if not reason:
        raise NoReason(item=found.code, ledger=ledger[found.code], typed=value)
    return Why(reason[:LONGEST_REASON], by)


def _known(form: Form, key: str, codes: tuple[str, ...]) -> tuple[str, ...]:
    code = item(form, key).code
    known = {each.code: each.label for each in form.codes_for(code)}
    for each in codes:
        if each not in known:
            raise BadValue(item=code, value=each, allowed="原因代码应为 " + ("、".join(known) or "（本项没有代码表）"))
    return codes


def item(form: Form, key: str) -> Cell | Answer | Options | Text:
    """Find an item by its code, or by one of the labels it is printed with.

    Raises:
        UnknownItem: if the form has none.

    """
    wanted = narrowed(key)
    for each in form.items:
        if wanted.casefold() == each.code.casefold() or wanted in (each.label, each.name, each.json, *each.also):
            return each
    raise UnknownItem(item=key, available="、".join(each.code for each in form.items))


def parsed(found: Cell | Answer | Options | Text, text: str) -> Value | None:
    """Read a value as people type it; a blank is none.

    Raises:
        BadValue: saying what the item can hold.

    """
    if len(text) > LONGEST_TEXT:
        raise BadValue(item=found.code, value=text[:20] + "…", allowed=f"最多 {LONGEST_TEXT} 字，请另附页")
    if isinstance(found, Text):
        kept = "\n".join(tidied(line) for line in text.replace("\r\n", "\n").split("\n")).strip()
        return kept or None
    if not text.strip():
        return None
    if isinstance(found, Cell):
        return _count(found, text)
    if isinstance(found, Answer):
        return _answer(found, text)
    chosen = tuple(word for word in re.split(r"[\s,，、;；]+", text.strip()) if word)
    if stray := [word for word in chosen if word not in found.choices]:
        raise BadValue(item=found.code, value=stray[0], allowed="可选：" + "、".join(found.choices))
    return tuple(choice for choice in found.choices if choice in chosen)


def _count(found: Cell, text: str) -> Value | None:
    try:
        value = numbers.count(text, units=(found.unit, *found.units_also))
    except numbers.NoCount as fault:
        raise BadValue(item=found.code, value=text.strip(), allowed="应为 0 或正整数；没有请填 0") from fault
    return NOT_APPLICABLE if isinstance(value, str) else value


def _answer(found: Answer, text: str) -> bool:
    word = narrowed(text).casefold()
    if word == found.yes or word in YES:
        return True
    if word == found.no or word in NO:
        return False
    raise BadValue(item=found.code, value=text.strip(), allowed=f"应为“{found.yes}”或“{found.no}”")


def plain(content: Content) -> dict[str, Any]:
    """Shape it as JSON's own types."""
    return dict(json.loads(content.dumped()))
