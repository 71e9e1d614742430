"""Finds the lift of a ledger line: by number, else by estate, address and internal number; never by a guess."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from liftwarden.casework.registry import queries as registry
from liftwarden.ground.parties.actor import Actor
from liftwarden.kernel.words import narrowed

NOISE = re.compile(r"[\s,，。.、\-—_/#（）()]+")
MOST_CANDIDATES = 5
NUMBERS = ("device_code", "registration_code", "certificate_no", "rescue_code", "other_number")


@dataclass(frozen=True)
class Found:
    """What a line's words come down to: one lift, or why not, with the lifts that it may mean."""

    lift_id: UUID | None
    why: str = ""
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """A lift as lines may speak of it."""

    lift_id: UUID
    numbers: tuple[str | None, ...]
    estate: str
    address: str
    internal_no: str
    words: str


class Lifts:
    """The lifts within reach, looked up once for a whole file."""

    def __init__(self, *, by: Actor) -> None:
        self._by_number: dict[tuple[str, str], list[Known]] = {}
        self._by_place: dict[tuple[str, str], list[Known]] = {}
        rows = registry.visible(by).order_by("pk").values_list("pk", "estate", "address", "internal_no", *NUMBERS)
        for key, estate, address, internal_no, *numbers in rows.iterator(5_000):
            words = f"{estate} {address} {internal_no}".strip()
            lift = Known(key, tuple(numbers), plain(estate), plain(address), plain(internal_no), words)
            for column, number in zip(NUMBERS, numbers, strict=True):
                if number:
                    self._by_number.setdefault((column, number), []).append(lift)
            for name in ("estate", "address"):
                if getattr(lift, name):
                    self._by_place.setdefault((name, getattr(lift, name)), []).append(lift)

    def of(self, numbers: Mapping[str, str], places: Mapping[str, str]) -> Found:
        """Find the one lift that every number given names; without numbers, the one at the place that is told."""
        if numbers:
            return self._numbered(numbers, places)
        wanted = {name: plain(text) for name, text in places.items() if plain(text)}
        if not {"estate", "address"} & set(wanted):
            return Found(None, "没有编号，也没有地址或小区")
        return self._placed(wanted)

    def _numbered(self, numbers: Mapping[str, str], places: Mapping[str, str]) -> Found:
        named = {
            lift.lift_id: lift
            for column, number in numbers.items()
            for lift in self._by_number.get((column, narrowed(number).upper()), ())
        }
        if len(named) == 1:
            return Found(next(iter(named)))
        if named:
            return Found(None, f"编号指向 {len(named)} 台电梯", _told(named.values()))
        near = self._placed({name: plain(text) for name, text in places.items() if plain(text)})
        shown = "、".join(numbers.values())
        candidates = near.candidates if near.lift_id is None else self._words(near.lift_id)
        return Found(None, f"没有编号为 {shown} 的电梯，或不在您的管辖范围", candidates)

    def _placed(self, wanted: Mapping[str, str]) -> Found:
        some: list[Known] = []
        for name in ("address", "estate"):
            if name in wanted:
                some = self._by_place.get((name, wanted[name]), [])
                break
        fitting = [lift for lift in some if all(getattr(lift, name) == text for name, text in wanted.items())]
        if len(fitting) == 1:
            return Found(fitting[0].lift_id)
        if fitting:
            return Found(None, f"该处有 {len(fitting)} 台电梯，请补编号或单位内部编号", _told(fitting))
        return Found(None, "没有这样的电梯", _told(some))

    def _words(self, lift_id: UUID) -> tuple[str, ...]:
        lifts = (lift for some in self._by_place.values() for lift in some)
        return _told([next(lift for lift in lifts if lift.lift_id == lift_id)])


def _told(lifts: Iterable[Known]) -> tuple[str, ...]:
    found = list(lifts)[:MOST_CANDIDATES]
    return tuple(f"{next((n for n in lift.numbers if n), lift.lift_id)}（{lift.words}）" for lift in found)


def plain(text: str) -> str:
    """Bring an address to what two people would write alike: width, case, blanks and marks apart."""
    return NOISE.sub("", unicodedata.normalize("NFKC", text)).lower()
