"""The tree as it stood on a day: pure, small, built once for each edition."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from liftwarden.kernel.refusals import Refusal

ROOT = "000000"


class UnknownDivision(Refusal):
    """A code that is no division on that day."""

    code = "unknown_division"
    sentence = "没有代码为“{division}”的行政区划（{on}）。"


@dataclass(frozen=True)
class Node:
    """One division under one name and parent, from a day (included) to a day (excluded, or none)."""

    code: str
    name: str
    level: str
    parent: str
    valid_from: date
    valid_to: date | None
    kind: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether this row was true on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Tree:
    """Every dated row; answers by day."""

    nodes: tuple[Node, ...]

    @cached_property
    def _by_code(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in sorted(self.nodes, key=lambda n: n.valid_from):
            found.setdefault(node.code, []).append(node)
        return found

    @cached_property
    def _by_parent(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            found.setdefault(node.parent, []).append(node)
        return found

    def at(self, code: str, *, on: date) -> Node:
        """Tell the row of a code on a day.

        Raises:
            UnknownDivision: if there is none.
        """
        for node in self._by_code.get(code, ()):
            if node.holds_on(on):
                return node
        raise UnknownDivision(division=code, on=on.isoformat())

    def knows(self, code: str) -> bool:
        """Whether the code ever was a division."""
        return code in self._by_code

    def name(self, code: str) -> str:
        """Tell the newest name of a code, or the code itself where it is unknown."""
        rows = self._by_code.get(code)
        return rows[-1].name if rows else code

    def path(self, code: str, *, on: date | None = None) -> tuple[str, ...]:
        """List the codes from this division up to the root, itself first, on a day (or by its newest rows)."""
        found: list[str] = []
        while code and code not in found and code in self._by_code:
            rows = self._by_code[code]
            found.append(code)
            held = [row for row in rows if on is not None and row.holds_on(on)]
            code = (held or rows)[-1].parent
        return tuple(found)

    def full_name(self, code: str) -> str:
        """Name a division with those above it, the nation left out."""
        return "".join(self.name(step) for step in reversed(self.path(code)) if step != ROOT)

    def children(self, code: str, *, on: date) -> tuple[Node, ...]:
        """List the divisions directly below, in order of code."""
        return tuple(sorted((n for n in self._by_parent.get(code, ()) if n.holds_on(on)), key=lambda n: n.code))

    def filing_units(self, *, on: date) -> tuple[Node, ...]:
        """List the units that file with the nation: 31 provinces and 新疆生产建设兵团."""
        return tuple(n for n in self.children(ROOT, on=on) if n.kind not in ("not_in_scope", "foreign"))

    def below(self, code: str) -> frozenset[str]:
        """List the code and every code that ever stood under it by its newest place, so that no old row is lost."""
        return self._below.get(code, frozenset({code}))

    @cached_property
    def _below(self) -> dict[str, frozenset[str]]:
        gathered: dict[str, set[str]] = {}
        for code in self._by_code:
            for above in self.path(code):
                gathered.setdefault(above, set()).add(code)
        return {code: frozenset(codes) for code, codes in gathered.items()}

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)


def grown(nodes: Iterable[Node]) -> Tree:
    """Build a tree from dated rows."""
    return Tree(tuple(nodes))
