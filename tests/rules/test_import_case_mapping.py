"""A ledger's mapping with a mistake is refused in words; addresses are compared as people write them."""

from pathlib import Path

import pytest

from liftwarden.casework.hazards.importing.mapping import parse
from liftwarden.casework.hazards.importing.matching import plain
from liftwarden.casework.registry.importing.mapping import BadMapping

EXAMPLE = Path("examples/mappings/cases-zh.toml").read_text(encoding="utf-8")


class TestParse:
    def test_takes_the_example_that_we_ship(self):
        assert "发现日期" in parse(EXAMPLE).headers

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("[columns.description]", "[columns.words]", "缺少 [columns.description]"),
            ('"未整改" = "open"', '"未整改" = "idle"', "idle"),
            ('date = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日"]', "", "须写 date"),
            ('address = "地址"', 'adress = "地址"', "不认识“adress”"),
            ("[source]", "[sources]", "不认识“sources”"),
            ("header_row = 1", "header_row = 0", "header_row"),
        ],
    )
    def test_refuses_a_mistake_in_words(self, old, new, said):
        with pytest.raises(BadMapping, match=said.replace("[", r"\[").replace("]", r"\]")):
            parse(EXAMPLE.replace(old, new))


@pytest.mark.parametrize(
    ("left", "right"), [("文三路 12号", "文三路１２号"), ("A栋-1单元", "a栋1单元"), ("幸福（一期）", "幸福一期")]
)
def test_two_spellings_of_one_address_are_one(left, right):
    assert plain(left) == plain(right)
