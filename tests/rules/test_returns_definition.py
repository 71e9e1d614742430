"""Forms are data: what a definition must say, and how a wrong one is refused."""

import pytest

from liftwarden.oversight.returns import definition
from liftwarden.oversight.returns.definition import BadDefinition, UnknownForm

SMALL = """
code = "small"
title = "小表"
effective_from = 2020-01-01

[source]
document = "某通知"
clause = "附件"
issued_by = "某局"
issued_on = 2020-01-01

[[headings]]
code = "reporting_body"
label = "填报单位"

[[cells]]
code = "A"
label = "总数A"
unit = "台"

[[cells]]
code = "B"
label = "部分B"
unit = "台"

[[relations]]
code = "A=B"
left = ["A"]
operator = "="
right = ["B"]

[layout]
columns = [1, 1]

[[layout.rows]]
cells = [{ label = "A" }, { value = "A" }]

[[layout.rows]]
cells = [{ label = "B" }, { value = "B" }]
"""


class TestLoad:
    def test_offers_the_annex_and_the_campaign(self):
        assert {"2015-campaign", "2017-annex"} <= set(definition.available())

    def test_gives_the_annex_whole(self):
        form = definition.load("2017-annex")

        assert [cell.code for cell in form.cells] == list("ABCDEFGHIJK")
        assert [relation.code for relation in form.relations] == ["A=B+C+D+E", "F=G+H+I"]
        assert len(form.print.notes) == 4
        assert form.print.notes[1] == "2. 数据关系：  A=B+C+D+E ； F=G+H+I；"

    def test_prints_labels_letter_for_letter_as_the_notice_does(self):
        form = definition.load("2017-annex")

        assert (
            form.item("A").label == "截至2016年12月31日，攻坚战中问题建档电梯仍未完成整改数量（电梯安全攻坚的基本数）A"
        )
        assert form.item("J").label == "已建立电梯应急处置平台市（州、盟、区）数J"

    def test_refuses_a_code_that_no_form_has(self):
        with pytest.raises(UnknownForm, match="2017-annex"):
            definition.load("1999-nothing")

    def test_takes_a_form_from_a_file_of_the_users_own(self, tmp_path):
        path = tmp_path / "small.toml"
        path.write_text(SMALL, encoding="utf-8")

        assert definition.load_file(path).title == "小表"

    def test_refuses_a_file_that_is_absent(self, tmp_path):
        with pytest.raises(BadDefinition, match="无法按 UTF-8 读取"):
            definition.load_file(tmp_path / "absent.toml")


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        ('title = "小表"', "title = 小表", "不是有效的 TOML"),
        ('title = "小表"', 'titel = "小表"', "“titel”不是已知的键"),
        ('title = "小表"\n', "", "缺少“title”"),
        ("effective_from = 2020-01-01", 'effective_from = "2020"', "应为日期"),
        ('unit = "台"\n\n[[cells]]', "unit = 3\n\n[[cells]]", "“cells[0].unit”应为文字"),
        ('code = "B"', 'code = "A"', "出现了不止一次"),
        ('right = ["B"]', 'right = ["Z"]', "不存在的数字格“Z”"),
        ('operator = "="', 'operator = "~"', "operator"),
        ('{ value = "B" }', '{ value = "A" }', "各出现一次"),
        ('{ value = "B" }]', "]", "没有填满 2 列"),
        ('{ value = "B" }', '{ value = "B", rows = 2 }', "超出或重叠"),
        ('{ value = "B" }', '{ value = "B", words = "话" }', "之一"),
        ('label = "部分B"', 'label = "部分B"\njson = "cells.A.x"', "冲突"),
        ('label = "部分B"', 'label = "部分B"\njson = "period"', "固定的键"),
        ('code = "reporting_body"', 'code = "elsewhere"', "headings"),
        ("effective_from = 2020-01-01", "effective_from = 2020-01-01\neffective_to = 2019-01-01", "早于"),
    ],
)
def test_a_malformed_definition_is_refused_by_its_place(was, now, says):
    assert was in SMALL

    with pytest.raises(BadDefinition) as refused:
        definition.parse(SMALL.replace(was, now, 1), origin="small.toml")

    assert says in str(refused.value)
    assert "small.toml" in str(refused.value)


def test_every_shipped_cell_of_the_annex_names_its_ledger_source():
    form = definition.load("2017-annex")

    assert all(cell.source for cell in form.cells)
