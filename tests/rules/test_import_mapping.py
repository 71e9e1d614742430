"""A mapping with a mistake is refused in words, all mistakes at once."""

from pathlib import Path

import pytest

from liftwarden.casework.registry.importing.faults import Consequence, Rule
from liftwarden.casework.registry.importing.mapping import BadMapping, Mode, parse

LEAST = """
[columns]
device_code = { from = "代码" }
variety = { from = "品种" }
division = { from = "区划" }
address = { from = "地址" }
"""
EXAMPLES = sorted(Path("examples").glob("**/*.toml"))


def refused(text: str) -> str:
    with pytest.raises(BadMapping) as refusal:
        parse(text)
    return refusal.value.words()


class TestParse:
    def test_takes_the_least_that_is_needed(self):
        mapping = parse(LEAST)

        assert (mapping.mode, mapping.keys, mapping.headers) == (
            *(Mode.ADD, ("device_code",)),
            frozenset(("代码", "品种", "区划", "地址")),
        )

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ("[columns", "不是有效的 TOML"),
            (LEAST + 'colour = { from = "色" }', "没有这一项"),
            (LEAST.replace("address", "estate"), "缺少 [columns.address]"),
            (LEAST.replace("device_code", "estate"), "至少要映射一种编号"),
            (LEAST + 'made_on = { from = "日" }', "须写 date"),
            (LEAST + 'estate = { from = "a", constant = "b" }', "三者之一"),
            (LEAST + 'estate = { form = "a" }', "不认识“form”"),
            (LEAST + 'other_number = { from = "号" }', "other_number_kind"),
            (LEAST + 'longitude = { from = "经" }', "须同时映射"),
            (LEAST + '[target]\nmode = "merge"', "可用：add、update、skip"),
            (LEAST + '[target]\nkey = "rescue_code"', "没有对应的"),
            (LEAST + '[rules]\nbad_dates = "reject"', "没有规则“bad_dates”"),
            (LEAST + '[rules]\nno_number = "null_and_flag"', "不能置空"),
            (LEAST + '[rules]\nunknown_header = "set_aside"', "没有规则"),
            (LEAST + "[source]\nheader_row = 0", "header_row"),
            (LEAST + '[source]\nignored = ["地址"]', "又被列入 ignored"),
            (LEAST + '[parties.use_unit]\nname = "单位"', "from_on"),
            (LEAST + '[parties.landlord]\nname = "单位"\nsince = 2017-01-01', "没有这种单位"),
            (LEAST + "[point]\nwithin = [1, 2, 3]", "within"),
            (LEAST + '[[aside]]\ncolumn = "地址"', "because"),
        ],
    )
    def test_refuses_a_mistake_in_words(self, wrong, said):
        assert said in refused(wrong)

    def test_tells_all_mistakes_at_once(self):
        words = refused(LEAST + 'colour = { from = "色" }\nmade_on = { from = "日" }\n[target]\nmode = "merge"')

        assert all(said in words for said in ("没有这一项", "须写 date", "merge"))

    def test_a_word_for_one_column_goes_before_the_word_for_the_rule(self):
        text = LEAST + '[rules]\nbad_code = "set_aside"\n"bad_code:device_code" = "reject"\n'

        mapping = parse(text)

        assert mapping.consequence(Rule.BAD_CODE, mapping.columns[0], "") is Consequence.REJECT

    @pytest.mark.parametrize("path", [path for path in EXAMPLES if "cases" not in path.name], ids=str)
    def test_takes_every_example_that_we_ship(self, path):
        assert parse(path.read_text(encoding="utf-8")).columns
