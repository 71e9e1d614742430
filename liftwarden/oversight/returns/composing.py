"""Puts one return together from what was typed, what the ledger counts and what changed; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from liftwarden.kernel.periods import Period, day_in_shanghai
from liftwarden.oversight.returns import filled as filling
from liftwarden.oversight.returns import sources
from liftwarden.oversight.returns.changes import BASELINE, FOUND, Kind, Moved
from liftwarden.oversight.returns.content import Content
from liftwarden.oversight.returns.definition import Answer, Cell, Form, Options, Text
from liftwarden.oversight.returns.filled import Change, Filled, Override, Stage

# Only these change A or F between quarters other than by work done or found (docs/decisions/0002).
CORRECTING = (Kind.ADDED, Kind.CORRECTED, Kind.TRANSFERRED_IN, Kind.TRANSFERRED_OUT)


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the head and foot of a return."""

    division: str
    period: Period
    version: int
    sequence: int | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """What a reader sees beside one item: where its value comes from, the ledger's number, why it was typed over."""

    code: str
    note: str
    counted: bool
    ledger: int | None
    override: Override | None


def compose(
    form: Form,
    content: Content,
    head: Head,
    *,
    ledger: Mapping[str, int],
    corrections: tuple[Change, ...] = (),
    adjustments: tuple[Change, ...] = (),
) -> Filled:
    """Fill a form: the ledger's numbers, typed ones over them with their reasons, the rest as typed."""
    values = content.values
    overrides = tuple(
        Override(code, ledger[code], _count(values, code), why.reason, why.by)
        for code, why in sorted(content.why.items())
        if code in ledger
    )
    return Filled(
        form=form.code,
        period=str(head.period),
        reporting_body=content.reporting_body,
        division_code=head.division,
        division_name=content.division_name,
        cut_off=head.period.cut_off.isoformat(),
        cells=tuple((cell.code, _cell(values, cell.code, ledger, content)) for cell in form.cells),
        not_applicable=tuple(code for code in content.not_applicable if isinstance(form.item(code), Cell)),
        answers=tuple((answer.code, _answer(values, answer)) for answer in form.answers),
        options=tuple((options.code, _chosen(values, options)) for options in form.options),
        texts=tuple((text.code, _text(values, text)) for text in form.texts),
        reasons=tuple((text, codes) for text, codes in sorted(content.coded.items())),
        version=head.version,
        stage=Stage.DRAFT.value,
        sequence=head.sequence,
        overrides=overrides,
        corrections=corrections,
        adjustments=adjustments,
        notes=head.notes,
        synthetic=content.synthetic,
    )


def beside(form: Form, filled: Filled, ledger: Mapping[str, int]) -> dict[str, Beside]:
    """Tell what stands beside each item."""
    overrides = {override.cell: override for override in filled.overrides}
    return {
        item.code: Beside(
            item.code, sources.note(item), item.code in ledger, ledger.get(item.code), overrides.get(item.code)
        )
        for item in form.items
    }


def dismantled_note(gone: Mapping[str, int]) -> tuple[str, ...]:
    """Say how many lifts within B and G were dismantled and deregistered; nothing where none was."""
    parts = [f"{letter} 中 {number} 台" for letter, number in sorted(gone.items()) if number]
    return (f"其中拆除并注销的电梯：{'，'.join(parts)}",) if parts else ()


def corrections(form: Form, moves: tuple[Moved, ...], reasons: Mapping[str, str]) -> tuple[Change, ...]:
    """Name what A and F changed by other than work: each file once; `reasons` are the written ones, by file key."""
    sums = {key: code for code, key in sources.ledger_keys(form).items()}
    named = []
    for move in moves:
        for letter in ("A", "F"):
            if move.kind in CORRECTING and letter in sums and (delta := move.delta(letter)):
                written = reasons.get(move.file_id.hex, "")
                reason = f"{move.kind.label}：{written}" if written else move.kind.label
                named.append(Change(sums[letter], delta, reason, subject=str(move.lift_id)))
    return tuple(named)


def adjustments(form: Form, moves: tuple[Moved, ...], period: Period) -> tuple[Change, ...]:
    """Name what a period already signed off would count differently today: facts learned after its sign-off."""
    codes = {key: code for code, key in sources.ledger_keys(form).items()}
    named = []
    for move in moves:
        path = f"{move.before or '未计'}→{move.after or '不计'}"
        reason = f"{period} 签发后得知：{path}（{move.kind.label}，自 {day_in_shanghai(move.since_at)}）"
        for letter in sorted((BASELINE | FOUND) & codes.keys()):
            if delta := move.delta(letter):
                named.append(Change(codes[letter], delta, reason, subject=str(move.lift_id), period=str(period)))
    return tuple(named)


def same(one: Filled, other: Filled) -> bool:
    """Whether two fillings say the same, whatever their stage, snapshot and approver."""
    return values_only(one) == values_only(other)


def nameless(filled: Filled) -> Filled:
    """Leave out whom to call: no text that a digest or the journal keeps names a person."""
    return replace(filled, contact="")


def values_only(filled: Filled) -> bytes:
    """Write a filling without what changes by itself as it is passed on."""
    bare = replace(nameless(filled), stage=Stage.DRAFT.value, sequence=None, approver="", approved_at="", version=0)
    return filling.canonical_json(bare)


def _cell(values: Mapping[str, object], code: str, ledger: Mapping[str, int], content: Content) -> int | None:
    if code in content.not_applicable:
        return None
    return _count(values, code) if code in values else ledger.get(code)


def _count(values: Mapping[str, object], code: str) -> int | None:
    value = values.get(code)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _answer(values: Mapping[str, object], answer: Answer) -> bool | None:
    value = values.get(answer.code)
    return value if isinstance(value, bool) else None


def _chosen(values: Mapping[str, object], options: Options) -> tuple[str, ...]:
    value = values.get(options.code)
    return value if isinstance(value, tuple) else ()


def _text(values: Mapping[str, object], text: Text) -> str:
    value = values.get(text.code)
    return value if isinstance(value, str) else ""
