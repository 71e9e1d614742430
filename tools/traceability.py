"""Make docs/traceability.md (clause, room, tests) and docs/sources/notice-2017.md from the table of clauses.

Tests name the clauses they prove with `@pytest.mark.clause("N2017-1.2")`, on a function, a class or, as `pytestmark`,
a whole module. The tests are read, never imported. `--check` writes nothing and exits 1 if a page is stale or a marker
names an unknown clause.
"""

from __future__ import annotations

import argparse
import ast
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLAUSES = Path("docs/sources/notice-2017.toml")
CLAUSE_PAGE = Path("docs/sources/notice-2017.md")
TRACE_PAGE = Path("docs/traceability.md")
ROOMS = frozenset(
    (
        "registry",
        "hazards",
        "rescue",
        "returns",
        "exchange",
        "disclosure",
        "analytics",
        "risk",
        "maintenance",
        "inspection",
        "insurance",
        "outreach",
        "none",
    )
)
STATUSES = frozenset({"software", "not software"})


@dataclass(frozen=True)
class Clause:
    """One sentence of the notice and what it asks of the software."""

    id: str
    text: str
    summary_en: str
    room: str
    status: str
    reason: str

    @property
    def is_software(self) -> bool:
        """Whether the clause asks for something that a program can do."""
        return self.status == "software"


@dataclass(frozen=True)
class Part:
    """One heading of the notice; its clauses are those whose id begins with its own."""

    id: str
    title: str
    title_en: str

    def holds(self, clause: Clause) -> bool:
        """Say whether a clause stands under this heading."""
        return clause.id.startswith((f"{self.id}.", f"{self.id}-"))


@dataclass(frozen=True)
class Notice:
    """The whole table."""

    title: str
    issuer: str
    printed_on: date
    standing_rooms: frozenset[str]
    parts: tuple[Part, ...]
    clauses: tuple[Clause, ...]


@dataclass(frozen=True)
class Mark:
    """One naming of a clause by a test, a class of tests or a module of tests."""

    clause: str
    test: str
    line: int


# --- reading ----------------------------------------------------------------------------------------------------------


def read_notice(path: Path) -> Notice:
    """Read the table of clauses."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return Notice(
        title=table["title"],
        issuer=table["issuer"],
        printed_on=table["printed_on"],
        standing_rooms=frozenset(table["standing_rooms"]),
        parts=tuple(Part(**part) for part in table["part"]),
        clauses=tuple(
            Clause(
                id=clause["id"],
                text=clause["text"],
                summary_en=clause["summary_en"],
                room=clause["room"],
                status=clause["status"],
                reason=clause.get("reason", ""),
            )
            for clause in table["clause"]
        ),
    )


def read_marks(tests: Path) -> tuple[Mark, ...]:
    """Find every clause marker in a folder of tests, in order of file and line."""
    found: list[Mark] = []
    for path in sorted(tests.rglob("*.py")):
        name = path.relative_to(tests.parent).as_posix()
        found.extend(marks_in(path.read_text(encoding="utf-8"), name=name))
    return tuple(found)


def marks_in(source: str, *, name: str) -> list[Mark]:
    """Find every clause marker in the source of one test module."""
    return list(marks_of_body(ast.parse(source, filename=name).body, inside=name))


def marks_of_body(body: Iterable[ast.stmt], *, inside: str) -> Iterator[Mark]:
    """Walk the statements of a module or a class: `pytestmark`, decorated functions, classes."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from marks_of_expressions(node.decorator_list, test=f"{inside}::{node.name}")
        elif isinstance(node, ast.ClassDef):
            yield from marks_of_expressions(node.decorator_list, test=f"{inside}::{node.name}")
            yield from marks_of_body(node.body, inside=f"{inside}::{node.name}")
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and assigns_pytestmark(node):
            yield from marks_of_expressions([node.value], test=inside)


def assigns_pytestmark(node: ast.Assign | ast.AnnAssign) -> bool:
    """Say whether an assignment sets `pytestmark`."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in targets)


def marks_of_expressions(expressions: Iterable[ast.expr], *, test: str) -> Iterator[Mark]:
    """Find the calls of `…mark.clause(...)` in decorators or in the value of `pytestmark`."""
    for expression in expressions:
        for node in ast.walk(expression):
            if not (isinstance(node, ast.Call) and is_clause_mark(node.func)):
                continue
            for argument in node.args:
                literal = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
                clause = str(argument.value) if literal else f"(not a literal: {ast.unparse(argument)})"  # type: ignore[attr-defined]
                yield Mark(clause=clause, test=test, line=argument.lineno)


def is_clause_mark(function: ast.expr) -> bool:
    """Say whether an expression is `pytest.mark.clause` or `mark.clause`."""
    if not (isinstance(function, ast.Attribute) and function.attr == "clause"):
        return False
    owner = function.value
    return (isinstance(owner, ast.Attribute) and owner.attr == "mark") or (
        isinstance(owner, ast.Name) and owner.id == "mark"
    )


# --- judging ----------------------------------------------------------------------------------------------------------


def faults_of(notice: Notice, marks: Iterable[Mark]) -> list[str]:
    """Name what is wrong with the table of clauses or with the markers."""
    found: list[str] = []
    seen: set[str] = set()
    for clause in notice.clauses:
        if clause.id in seen:
            found.append(f"{clause.id}: twice in the table")
        seen.add(clause.id)
        if clause.room not in ROOMS or clause.status not in STATUSES:
            found.append(f"{clause.id}: room {clause.room!r} or status {clause.status!r} is not known")
        if clause.is_software == bool(clause.reason) or clause.is_software == (clause.room == "none"):
            found.append(f"{clause.id}: software has a room and no reason, all else a reason and no room")
        if sum(part.holds(clause) for part in notice.parts) != 1:
            found.append(f"{clause.id}: not under exactly one heading")
    for mark in marks:
        if mark.clause not in seen:
            found.append(f"{mark.test} (line {mark.line}): unknown clause {mark.clause}")
    return found


def proof_of(clause: Clause, notice: Notice, marks: Iterable[Mark]) -> str:
    """Say what stands for a clause: its tests, a later room, or why it is no software."""
    if not clause.is_software:
        return f"not software: {clause.reason}"
    tests = sorted({mark.test for mark in marks if mark.clause == clause.id})
    if tests:
        return "<br>".join(f"`{test}`" for test in tests)
    own_duties = [other.id for other in notice.clauses if other.id[:-1] == clause.id and other.id[-1].isalpha()]
    if own_duties:
        return f"see {own_duties[0]}–{own_duties[-1][-1]}"
    if clause.room in notice.standing_rooms:
        return "**no test names it yet**"
    return f"later: issue room {clause.room}"


# --- writing ----------------------------------------------------------------------------------------------------------


def trace_page(notice: Notice, marks: Iterable[Mark]) -> str:
    """Write the page from clause to room to test."""
    marks = tuple(marks)
    proofs = {clause.id: proof_of(clause, notice, marks) for clause in notice.clauses}
    tested = sum(1 for proof in proofs.values() if proof.startswith("`"))
    missing = sum(1 for proof in proofs.values() if proof.startswith("**"))
    later = sum(1 for proof in proofs.values() if proof.startswith("later"))
    outside = sum(1 for proof in proofs.values() if proof.startswith("not software"))
    headings = len(proofs) - tested - missing - later - outside
    counts = (
        f"{len(proofs)} clauses: {tested} named by tests, {missing} without a test in a room that stands,"
        f" {later} for later rooms, {headings} lead sentences whose duties follow, {outside} not software."
    )
    lines = [
        "# Traceability: clause, room, test",
        "",
        "Made by `python tools/traceability.py` from `docs/sources/notice-2017.toml` and the markers in `tests/`; do not edit.",
        "",
        counts,
    ]
    for part in notice.parts:
        lines += ["", f"## {part.title_en}", "", "| clause | what is asked | room | tests |", "|---|---|---|---|"]
        lines += [
            f"| {clause.id} | {cell(clause.summary_en)} | {clause.room} | {proofs[clause.id]} |"
            for clause in notice.clauses
            if part.holds(clause)
        ]
    return "\n".join(lines) + "\n"


def clause_page(notice: Notice) -> str:
    """Write the notice clause by clause, Chinese beside English."""
    lines = [
        f"# {notice.title}",
        "",
        f"{notice.issuer}, printed {notice.printed_on.isoformat()}. Every sentence of the notice, with a stable id that tests name.",
        "",
        "Made by `python tools/traceability.py` from `notice-2017.toml`; do not edit this page.",
    ]
    for part in notice.parts:
        lines += ["", f"## {part.title}", "", f"*{part.title_en}*"]
        for clause in notice.clauses:
            if part.holds(clause):
                asked = f"*{clause.room}*" if clause.is_software else f"*not software* ({clause.reason})"
                lines += ["", f"### {clause.id}", "", f"> {clause.text}", "", f"{clause.summary_en} — {asked}"]
    return "\n".join(lines) + "\n"


def cell(text: str) -> str:
    """Make a text safe inside a table cell."""
    return text.replace("|", "\\|")


def main(arguments: list[str] | None = None) -> int:
    """Write the pages, or check them; exit 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a page is stale")
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository (default: this one)")
    options = parser.parse_args(arguments)
    notice = read_notice(options.root / CLAUSES)
    marks = read_marks(options.root / "tests")
    found = faults_of(notice, marks)
    for path, text in ((TRACE_PAGE, trace_page(notice, marks)), (CLAUSE_PAGE, clause_page(notice))):
        target = options.root / path
        if not options.check:
            target.write_text(text, encoding="utf-8", newline="\n")
        elif not target.exists() or target.read_text(encoding="utf-8") != text:
            found.append(f"{path} is stale: run python tools/traceability.py")
    for fault in found:
        print(fault, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
