"""The census: what the annex counts, at a cut-off, as known at a snapshot."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from liftwarden.casework.hazards.models import ProblemFile
from liftwarden.casework.hazards.rules import Cell, Way, tally
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.journal.queries import Snapshot
from liftwarden.kernel.periods import Period

# Places in one statement; SQLite takes 32,766, PostgreSQL 65,535.
MOST_PLACES = 500

LATEST = """
    SELECT file_id, lift_id, cohort, cell, division_code, since_at, way FROM (
        SELECT file_id, lift_id, cohort, cell, division_code, since_at, way,
               row_number() OVER (PARTITION BY file_id ORDER BY since_at DESC, entry_no DESC, id DESC) AS newest
        FROM hazards_standing
        WHERE programme = %s AND since_at < %s AND entry_no <= %s {unseen}
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
    closed = behind(programme, period, division=division, seen=seen, cells=("B", "G"))
    gone = [one.cell for one in closed if one.way == Way.DISMANTLED]
    return {letter: gone.count(letter) for letter in ("B", "G")}


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


def stood(programme: str, period: Period, *, files: Iterable[UUID], seen: Snapshot) -> dict[UUID, Counted]:
    """Tell how some files stood at a cut-off, wherever they lay, counted or not; unborn ones are absent.

    For a caller that has met these files behind a figure of its own division, and asks where they came from or went.
    """
    wanted = list(files)
    found: dict[UUID, Counted] = {}
    query, params = _latest(programme, period, seen)
    for first in range(0, len(wanted), MOST_PLACES):
        keys = wanted[first : first + MOST_PLACES]
        places = ", ".join(["%s"] * len(keys))
        # Inside the window, so that only the standings of these files are ranked.
        narrowed = query.replace("WHERE programme", f"WHERE file_id IN ({places}) AND programme", 1)
        stored = [ProblemFile._meta.pk.get_db_prep_value(key, connection) for key in keys]
        with connection.cursor() as cursor:
            cursor.execute(narrowed, [*stored, *params])
            found |= {one.file_id: one for one in map(_counted, cursor.fetchall())}
    return found


def _latest(programme: str, period: Period, seen: Snapshot) -> tuple[str, list[Any]]:
    unseen = f"AND entry_no NOT IN ({', '.join(['%s'] * len(seen.unseen))})" if seen.unseen else ""
    # As the column is stored: SQLite compares text, where "16:00:00" comes before "16:00:00+00:00".
    cut_off = connection.ops.adapt_datetimefield_value(period.cut_off)
    return LATEST.format(unseen=unseen), [programme, cut_off, seen.highest, *seen.unseen]


def _counted(row: tuple[object, ...]) -> Counted:
    file_id, lift_id, cohort, cell, division, since, way = row
    return Counted(_key(file_id), _key(lift_id), str(cohort), str(cell), str(division), _moment(since), str(way))


def _key(value: object) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))


def _moment(value: object) -> datetime:
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return found if found.tzinfo else found.replace(tzinfo=UTC)
