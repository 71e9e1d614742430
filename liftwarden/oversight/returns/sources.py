"""Where each item of a form comes from: a query of a room, or a hand, until the room stands.

A definition names a source as `room.query:key`, with `/programme` behind the query where a room keeps several. A room
that comes later answers by one line in `ANSWERING`; the forms stay as they are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from liftwarden.casework.hazards import queries as hazards
from liftwarden.ground.journal.queries import Snapshot
from liftwarden.kernel.periods import Period
from liftwarden.oversight.returns.definition import Form, Item

CENSUS = "hazards.census"
# The notice of 2017 is the programme of a form that names none.
PROGRAMME = "2017"


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which division, at which period's cut-off, as known at which snapshot."""

    division: str
    period: Period
    seen: Snapshot


@dataclass(frozen=True, slots=True)
class Origin:
    """One source, taken apart: the query, the programme, the key in its answer."""

    query: str
    programme: str
    key: str


def _census(asked: Asked, programme: str) -> Mapping[str, int]:
    return hazards.figures(programme, asked.period, division=asked.division, seen=asked.seen)


ANSWERING: Mapping[str, Callable[[Asked, str], Mapping[str, int]]] = MappingProxyType({CENSUS: _census})
# Rooms that the definitions already name, with the note that stands beside a typed value until they answer.
AWAITED: Mapping[str, str] = MappingProxyType(
    {
        "rescue.coverage": "手工填报：本节点尚无应急处置平台数据",
        "disclosure.practice": "手工填报：本节点尚无信息公示数据",
    }
)
TYPED = "手工填报"


def origin(item: Item) -> Origin:
    """Take the source of an item apart; an item without one has a blank query."""
    place, _, key = item.source.partition(":")
    query, _, programme = place.partition("/")
    return Origin(query, programme or PROGRAMME, key)


def is_counted(item: Item) -> bool:
    """Whether a room answers for the item today."""
    return origin(item).query in ANSWERING


def note(item: Item) -> str:
    """Say where the value of an item comes from."""
    where = origin(item)
    if where.query == CENSUS:
        return f"问题电梯台账逐台计数（{where.key}）"
    return AWAITED.get(where.query, TYPED)


def counted(form: Form, asked: Asked) -> dict[str, int]:
    """Ask every room that answers, each once, for the form's counts by item code."""
    answers: dict[tuple[str, str], Mapping[str, int]] = {}
    found: dict[str, int] = {}
    for item in form.items:
        where = origin(item)
        if where.query not in ANSWERING:
            continue
        asked_of = (where.query, where.programme)
        if asked_of not in answers:
            answers[asked_of] = ANSWERING[where.query](asked, where.programme)
        found[item.code] = answers[asked_of][where.key]
    return found


def programme_of(form: Form) -> str | None:
    """Tell the programme whose ledger a form counts, or none where it counts none."""
    return next((origin(item).programme for item in form.items if origin(item).query == CENSUS), None)


def ledger_keys(form: Form) -> dict[str, str]:
    """Tell, for each cell that the ledger counts, the ledger's own letter."""
    return {item.code: origin(item).key for item in form.items if origin(item).query == CENSUS}
