"""What a filled form must keep, by table and by property."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liftwarden.oversight.returns import definition, rules
from liftwarden.oversight.returns.filled import Change, Filled

ANNEX = definition.load("2017-annex")
CAMPAIGN = definition.load("2015-campaign")
COUNTS = {"A": 120, "B": 60, "C": 30, "D": 10, "E": 20, "F": 15, "G": 8, "H": 5, "I": 2, "J": 11, "K": 45678}


def a_return(**changed):
    texts = {
        "hotline.number": "96333",
        "disclosure.content": "等级",
        "texts.reasons": "缺资金",
        "texts.problems": "未检",
    }
    filled = Filled(
        form="2017-annex",
        period="2017-06",
        reporting_body="某局",
        contact="王五",
        cells=tuple({**COUNTS, **{code: value for code, value in changed.items() if code in COUNTS}}.items()),
        answers=(("hotline.in_service", True), ("disclosure.practised", True)),
        options=(("disclosure.forms", ("季度",)),),
        texts=tuple(texts.items()),
    )
    return replace(filled, **{name: value for name, value in changed.items() if name not in COUNTS})


def found(filled, previous=None, form=ANNEX):
    return {finding.rule: finding for finding in rules.check(form, filled, previous)}


def test_a_right_return_breaks_nothing():
    assert rules.check(ANNEX, a_return()) == ()


def test_a_wrong_sum_shows_both_sides_and_the_difference():
    broken = found(a_return(B=58))

    assert broken["A=B+C+D+E"].message == "A=120，B+C+D+E=118，差 2"
    assert broken["A=B+C+D+E"].cells == ("A", "B", "C", "D", "E")


class TestBlank:
    @pytest.mark.parametrize("code", list(COUNTS))
    def test_count_is_an_error_and_no_zero(self, code):
        assert found(a_return(**{code: None}))[f"required:{code}"].severity == "error"
        assert f"required:{code}" not in found(a_return(**{code: 0}))

    @pytest.mark.parametrize("code", list("ABCDE"))
    def test_never_skips_the_relation(self, code):
        broken = found(a_return(**{code: None}))["A=B+C+D+E"]

        assert broken.severity == "error"
        assert code in broken.message

    @pytest.mark.parametrize("blank_now", [True, False])
    def test_never_skips_the_comparison_with_the_period_before(self, blank_now):
        now, before = (a_return(A=None), a_return()) if blank_now else (a_return(), a_return(A=None))

        assert found(now, before)["A-frozen"].severity == "error"


def test_not_applicable_differs_from_blank_and_from_zero():
    filled = a_return(J=None, not_applicable=("J",))

    assert "不适用" in found(filled)["required:J"].message


@pytest.mark.parametrize("value", [-1, 1_000_000_000, True, 1.5])
def test_what_is_no_count_is_an_error(value):
    assert "count:K" in found(a_return(K=value))


class TestDemands:
    def test_number_is_needed_once_the_line_is_in_service(self):
        filled = a_return(texts=(("hotline.number", " "),))

        assert found(filled)["required:hotline.number"].severity == "error"

    def test_number_without_a_line_is_a_warning(self):
        filled = a_return(answers=(("hotline.in_service", False), ("disclosure.practised", True)))

        assert found(filled)["blank:hotline.number"].severity == "warning"
        assert rules.errors(rules.check(ANNEX, filled)) == ()

    def test_number_may_be_blank_without_a_line(self):
        answers = (("hotline.in_service", False), ("disclosure.practised", True))
        filled = a_return(answers=answers, texts=(("disclosure.content", "等级"),))

        assert "required:hotline.number" not in found(filled)

    def test_unanswered_question_is_an_error(self):
        assert found(a_return(answers=()))["required:hotline.in_service"].severity == "error"

    def test_form_of_disclosure_is_needed_where_it_is_practised(self):
        assert found(a_return(options=()))["required:disclosure.forms"].severity == "error"

    def test_unknown_choice_is_an_error(self):
        assert "unknown:disclosure.forms" in found(a_return(options=(("disclosure.forms", ("每周",)),)))

    def test_reasons_are_asked_for_where_lifts_stay_listed(self):
        assert found(a_return(texts=(("hotline.number", "96333"),)))["required:texts.reasons"].severity == "warning"

    def test_text_past_its_length_is_an_error(self):
        assert "length:texts.highlights" in found(a_return(texts=(("texts.highlights", "字" * 2001),)))

    def test_unknown_coded_reason_is_an_error(self):
        assert "unknown:texts.reasons" in found(a_return(reasons=(("texts.reasons", ("nonsense",)),)))


class TestAcross:
    @pytest.mark.parametrize(
        ("rule", "cell", "was", "severity"),
        [
            ("A-frozen", "A", 121, "error"),
            ("A-frozen", "A", 119, "error"),
            ("F-never-falls", "F", 16, "error"),
            ("B-falls", "B", 61, "warning"),
            ("G-falls", "G", 9, "warning"),
            ("J-falls", "J", 12, "warning"),
            ("K-falls", "K", 45679, "warning"),
        ],
    )
    def test_a_change_is_pointed_out(self, rule, cell, was, severity):
        assert found(a_return(), a_return(**{cell: was}))[rule].severity == severity

    @pytest.mark.parametrize("cell", ["F", "B", "G", "J", "K"])
    def test_a_rise_of_what_accumulates_is_no_finding(self, cell):
        broken = found(a_return(), a_return(**{cell: COUNTS[cell] - 1}))

        assert not {"F-never-falls", "B-falls", "G-falls", "J-falls", "K-falls"} & set(broken)

    @pytest.mark.parametrize(("cell", "was", "rule"), [("A", 122, "A-frozen"), ("F", 17, "F-never-falls")])
    def test_a_correction_explains_exactly_its_own_difference(self, cell, was, rule):
        whole = a_return(corrections=(Change(cell, -1, "重复建档", "甲"), Change(cell, -1, "重复建档", "乙")))
        half = a_return(corrections=(Change(cell, -1, "重复建档", "甲"),))

        assert rule not in found(whole, a_return(**{cell: was}))
        assert "更正合计 -1，差 1" in found(half, a_return(**{cell: was}))[rule].message

    def test_an_unchanged_return_breaks_nothing(self):
        assert rules.check(ANNEX, a_return(), a_return()) == ()


PUBLISHED = [
    (1210983, 60499, 46066, 10678, 3755),
    (2368665, 111156, 79245, 26214, 5697),
    (34914, 5634, 5279, 273, 82),
]


class TestCampaign:
    """Source: the three rows published in 2015; the form has no code of its own."""

    @pytest.mark.parametrize("row", PUBLISHED)
    def test_published_row_passes(self, row):
        filled = Filled(form="2015-campaign", cells=tuple(zip("ABCDE", row, strict=True)))

        assert rules.errors(rules.check(CAMPAIGN, filled)) == ()

    @pytest.mark.parametrize("row", PUBLISHED)
    @pytest.mark.parametrize("place", range(1, 5))
    def test_any_digit_changed_is_refused_with_both_sides(self, row, place):
        digits = str(row[place])
        for index, digit in enumerate(digits):
            other = digits[:index] + str((int(digit) + 1) % 10) + digits[index + 1 :]
            changed = [*row[:place], int(other), *row[place + 1 :]]

            filled = Filled(form="2015-campaign", cells=tuple(zip("ABCDE", changed, strict=True)))
            message = found(filled, form=CAMPAIGN)["B=C+D+E"].message

            total = sum(changed[2:])
            assert message == f"B={changed[1]}，C+D+E={total}，差 {abs(changed[1] - total)}"

    def test_more_dangers_than_lifts_checked_are_refused(self):
        filled = Filled(form="2015-campaign", cells=tuple(zip("ABCDE", (9, 10, 10, 0, 0), strict=True)))

        assert found(filled, form=CAMPAIGN)["B<=A"].message == "B=10，A=9，B 不应大于 A，多 1"


counts = st.integers(min_value=0, max_value=10**6)


@given(st.tuples(*[counts] * 7), st.integers(-3, 3), st.integers(-3, 3))
def test_the_relations_hold_exactly_when_the_sums_do(parts, off_a, off_f):
    b, c, d, e, g, h, i = parts
    filled = a_return(A=b + c + d + e + off_a, B=b, C=c, D=d, E=e, F=g + h + i + off_f, G=g, H=h, I=i)

    broken = set(found(filled))

    assert ("A=B+C+D+E" in broken) == (off_a != 0)
    assert ("F=G+H+I" in broken) == (off_f != 0)


@given(st.dictionaries(st.sampled_from(list(COUNTS)), st.none() | st.integers(-5, 500)))
def test_any_values_are_judged_without_a_fault_and_alike_each_time(values):
    filled = a_return(**values)

    assert rules.check(ANNEX, filled, a_return()) == rules.check(ANNEX, filled, a_return())


class TestRelationLine:
    def test_shows_both_sides_where_they_agree(self):
        assert rules.relation_line(ANNEX.relations[0], a_return()) == "A=120，B+C+D+E=120，相符"

    def test_names_the_blank_where_they_cannot_be_compared(self):
        line = rules.relation_line(ANNEX.relations[0], a_return(C=None))

        assert line == "A=120，B+C+D+E=空，无法核对：C 没有可用的数"
