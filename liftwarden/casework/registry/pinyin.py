"""Pinyin initials of Chinese text, each reading of a polyphone that names of places are really read by."""

import re
from functools import cache, lru_cache
from itertools import product

from pypinyin import Style, pinyin
from pypinyin.constants import RE_HANS

MOST_READINGS = 8
# Characters that people read in more than one way in names of places, streets, estates and firms. The dictionary also
# knows readings nobody uses there (区 as ōu, 花 as hù): kept, they would multiply the index tenfold and find nothing.
POLYPHONES = frozenset(
    "重长乐行朝厦都车石沈曾会调降藏传弹盛解折系校率参差角朴六绿尾浒莘埔铅番阿荥栎涡华盖翟尉员单乘仇佛伽兴切勒"
    "卜召叶合和喝嘉圩堡塔大夹奇好宁宿射将少尽屏巷廖强当待徙思悄扁扎担拓提数斗易更曲查柏校核桥椎横殷汤没济浅"
    "漂澄琅瓦番畜着矿种窄第簇粘累纶缪胖臧艾荫莞落葛蔚薄虹蚌血见观角诸谷贾费载轧适邪那郝鄱里量钻阜降陂靓颉"
)
# pypinyin reads each run of Chinese characters by itself, so a run may be remembered: streets and estates recur by the
# thousand in one city's list, and its reading of a run costs more than everything else about a lift.
_HAN = RE_HANS.pattern.removeprefix("^(?:").removesuffix(")+$")
_RUNS = re.compile(f"(?:{_HAN})+|(?:(?!{_HAN}).)+", re.DOTALL)


def initials(text: str) -> tuple[str, ...]:
    """List the initials a person might type for a text, e.g. 重庆路 → `cql` and `zql`; letters and digits stay.

    At most 8 readings: texts with more polyphones keep the first ones, the commonest reading always among them.
    """
    letters = [option for run in _RUNS.findall(text) for option in _letters(run)]
    found: list[str] = []
    for choice in product(*letters):
        found.append("".join(choice))
        if len(found) == MOST_READINGS:
            break
    return tuple(found)


@lru_cache(maxsize=100_000)
def _letters(run: str) -> tuple[tuple[str, ...], ...]:
    """Give, for each letter to type for one run, its readings, the commonest first."""
    if not RE_HANS.match(run):
        return tuple((char.lower(),) for char in run if char.isalnum())
    found = []
    spelled = pinyin(run, style=Style.FIRST_LETTER, heteronym=True, errors=_one_by_one)  # type: ignore[arg-type]
    for char, readings in zip(run, spelled, strict=True):
        given = [reading[0].lower() for reading in readings if reading][:1]
        found.append((*given, *(other for other in _read_alone(char) if other not in given)))
    return tuple(found)


@cache
def _read_alone(char: str) -> tuple[str, ...]:
    """Give every reading of a polyphone standing alone: the word tells 重庆 is read with c, but people type z as well."""
    if char not in POLYPHONES:
        return ()
    (readings,) = pinyin(char, style=Style.FIRST_LETTER, heteronym=True)
    return tuple(dict.fromkeys(reading[0].lower() for reading in readings))


def _one_by_one(text: str) -> list[list[str]] | list[str] | None:
    return [char.lower() for char in text if char.isalnum()] or None
