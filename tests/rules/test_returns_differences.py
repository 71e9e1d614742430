"""What differs between two versions of a return."""

from dataclasses import replace

from liftwarden.oversight.returns import definition
from liftwarden.oversight.returns.differences import Difference, differences
from liftwarden.oversight.returns.filled import Filled

ANNEX = definition.load("2017-annex")
FIRST = Filled(form="2017-annex", reporting_body="某局", cells=(("A", 120), ("B", None), ("J", 3)))


def test_nothing_differs_from_itself():
    assert differences(ANNEX, FIRST, FIRST) == ()


def test_a_count_shows_both_values_and_the_change():
    second = replace(FIRST, cells=(("A", 118), ("B", None), ("J", 3)))

    assert differences(ANNEX, FIRST, second) == (Difference("A", "A", "120", "118", -2),)


def test_blank_zero_and_not_applicable_are_three_values():
    zero = replace(FIRST, cells=(("A", 120), ("B", 0), ("J", 3)))
    none = replace(FIRST, not_applicable=("B",))

    assert differences(ANNEX, FIRST, zero) == (Difference("B", "B", "（空白）", "0", None),)
    assert differences(ANNEX, zero, none)[0].after == "不适用"


def test_answers_choices_texts_and_headings_are_said_in_words():
    second = replace(
        FIRST,
        reporting_body="另一局",
        answers=(("hotline.in_service", True),),
        options=(("disclosure.forms", ("季度", "年度")),),
        texts=(("hotline.number", "96333"),),
    )

    said = {each.code: each.after for each in differences(ANNEX, FIRST, second)}

    assert said == {
        "reporting_body": "另一局",
        "hotline.in_service": "是",
        "disclosure.forms": "季度、年度",
        "hotline.number": "96333",
    }
