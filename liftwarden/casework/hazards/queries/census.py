"""The census: what the annex counts, at a cut-off, as known at a snapshot."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from liftwarden.casework.hazards.rules import Cell, Way, tally
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.journal.queries import Snapshot
from liftwarden.kernel.periods import Period

LATEST = """
    SELECT file_id, lift_id, cohort, cell, division_code, since_at, way FROM (
        SELECT file_id, lift_id, cohort, cell, division_code, since_at, way,
               row_number() OVER (PARTITION BY file_id ORDER BY since_at DESC, entry_no DESC, id DESC) AS newest
        FROM hazards_standing
        WHERE programme = %s AND since_at < %s AND {seen}
    ) AS latest WHERE newest = 1
"""


@dataclass(frozen=True)
class Counted:
    """One (lift, cohort) behind a figure; `way` tells how a closed one was closed."""

    file_id: UUID
    lift_id: UUID
    cohort: str
    cell: str
    division: str
    since_at: datetime
    way: str = ""


def census(programme: str, period: Period, *, seen: Snapshot) -> dict[str, dict[str, int]]:
    """Count lifts by division and cell at a period's cut-off, as known at a snapshot.

    Out: division code → {A…I: lifts}; divisions without a file are absent; A and F are sums of their parts.
    Source: the 2017 notice, annex with notes 1 and 2.
    """
    query, params = _latest(programme, period, seen)
    sql = f"SELECT division_code, cell, count(*) FROM ({query}) AS standing GROUP BY division_code, cell"
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    cells: dict[str, list[tuple[Cell, int]]] = {}
    for division, cell, number in rows:
        cells.setdefault(division, []).append((Cell(cell), number))
    return {division: tally(counted) for division, counted in cells.items()}


def censuses(programme: str, periods: Sequence[Period], *, seen: Snapshot) -> dict[Period, dict[str, dict[str, int]]]:
    """Count as `census` does at several cut-offs, in one pass over the standings, however many there are.

    A standing holds from its moment to the next one's of its file; it counts at every cut-off between the two.
    """
    told = sorted(set(periods))
    cut_offs = [connection.ops.adapt_datetimefield_value(period.cut_off) for period in told]
    was_seen, numbers = seen.condition("entry_no")
    place = " ".join(f"WHEN {{column}} < %s THEN {index}" for index in range(len(told)))
    first = f"CASE {place.format(column='since_at')} END"
    last = f"CASE {place.format(column='until_at')} ELSE {len(told)} END"
    sql = f"""
        SELECT division_code, cell, first, last, count(*) FROM (
            SELECT division_code, cell, {first} AS first, {last} AS last FROM (
                SELECT division_code, cell, since_at,
                       lead(since_at) OVER (PARTITION BY file_id ORDER BY since_at, entry_no) AS until_at
                FROM hazards_standing WHERE programme = %s AND since_at < %s AND {was_seen}
            ) AS spans
        ) AS placed WHERE first < last GROUP BY division_code, cell, first, last
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [*cut_offs, *cut_offs, programme, cut_offs[-1], *numbers])
        rows = cursor.fetchall()
    counted: list[dict[str, dict[Cell, int]]] = [{} for _ in told]
    for division, cell, begins, ends, number in rows:
        for index in range(begins, ends):
            cells = counted[index].setdefault(division, {})
            cells[Cell(cell)] = cells.get(Cell(cell), 0) + number
    return {
        period: {division: tally(cells.items()) for division, cells in found.items()}
        for period, found in zip(told, counted, strict=True)
    }


def figures(programme: str, period: Period, *, division: str, seen: Snapshot) -> dict[str, int]:
    """Add the census up for a division and all below it."""
    below = divisions.tree().below(division)
    counted = tally([])
    for code, cells in census(programme, period, seen=seen).items():
        if code in below:
            counted = {letter: counted[letter] + cells[letter] for letter in counted}
    return counted


def dismantled(programme: str, period: Period, *, division: str, seen: Snapshot) -> dict[str, int]:
    """Count the lifts within B and G that closed by being dismantled and deregistered, to be shown apart.

    Out: {"B": lifts, "G": lifts}; each is part of the cell of that letter, never beside it.
    """
    below = divisions.tree().below(division)
    query, params = _latest(programme, period, seen)
    closed = (
        f"SELECT division_code, cell, count(*) FROM ({query}) AS standing WHERE way = %s GROUP BY division_code, cell"
    )
    with connection.cursor() as cursor:
        cursor.execute(closed, [*params, str(Way.DISMANTLED)])
        rows = cursor.fetchall()
    return {letter: sum(number for place, cell, number in rows if cell == letter and place in below) for letter in "BG"}


def behind(programme: str, period: Period, *, division: str, seen: Snapshot, cells: Iterable[str]) -> list[Counted]:
    """List the exact (lift, cohort)s behind a figure; `cells` may hold the sums A and F too."""
    letters = {part for cell in cells for part in {"A": "BCDE", "F": "GHI"}.get(cell, cell)}
    below = divisions.tree().below(division)
    query, params = _latest(programme, period, seen)
    places = ", ".join(["%s"] * len(letters))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({query}) AS standing WHERE cell IN ({places})", [*params, *sorted(letters)])
        rows = cursor.fetchall()
    counted = [_counted(row) for row in rows if row[4] in below]
    return sorted(counted, key=lambda one: (one.division, one.file_id.hex))


@dataclass(frozen=True)
class AsOf:
    """A cut-off, and what was known when it was looked at."""

    period: Period
    seen: Snapshot


def differing(programme: str, before: AsOf, after: AsOf) -> tuple[dict[UUID, Counted], dict[UUID, Counted]]:
    """Give, for every file that may stand otherwise at one moment than at the other, how it stood at each.

    A file can differ only if a standing of it is visible at one and not at the other; all the rest is left unread. Files
    stand here wherever they lay and whether they counted or not, for a caller that keeps to its own division.
    """
    found = []
    (visible, params), (visible_too, params_too) = _visible(before), _visible(after)
    touched = f"SELECT file_id FROM hazards_standing WHERE programme = %s AND ({visible}) <> ({visible_too})"
    for moment in (before, after):
        query, own = _latest(programme, moment.period, moment.seen)
        # Inside the window, so that only the standings of these files are ranked.
        narrowed = query.replace("WHERE programme", f"WHERE file_id IN ({touched}) AND programme", 1)
        with connection.cursor() as cursor:
            cursor.execute(narrowed, [programme, *params, *params_too, *own])
            found.append({one.file_id: one for one in map(_counted, cursor.fetchall())})
    return found[0], found[1]


def _visible(moment: AsOf) -> tuple[str, list[Any]]:
    seen = moment.seen
    unseen = f" AND entry_no NOT IN ({', '.join(['%s'] * len(seen.unseen))})" if seen.unseen else ""
    cut_off = connection.ops.adapt_datetimefield_value(moment.period.cut_off)
    return f"since_at < %s AND entry_no <= %s{unseen}", [cut_off, seen.highest, *seen.unseen]


def _latest(programme: str, period: Period, seen: Snapshot) -> tuple[str, list[Any]]:
    was_seen, numbers = seen.condition("entry_no")
    # As the column is stored: SQLite compares text, where "16:00:00" comes before "16:00:00+00:00".
    cut_off = connection.ops.adapt_datetimefield_value(period.cut_off)
    return LATEST.format(seen=was_seen), [programme, cut_off, *numbers]


def _counted(row: tuple[object, ...]) -> Counted:
    file_id, lift_id, cohort, cell, division, since, way = row
    return Counted(_key(file_id), _key(lift_id), str(cohort), str(cell), str(division), _moment(since), str(way))


def _key(value: object) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))


def _moment(value: object) -> datetime:
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return found if found.tzinfo else found.replace(tzinfo=UTC)
