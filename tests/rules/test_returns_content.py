"""What people type into a return: read as they type it, refused in words, kept apart from what the ledger counts."""

import pytest

from liftwarden.oversight.returns import content, definition
from liftwarden.oversight.returns.content import BadValue, Content, NoReason, Told, UnknownItem

ANNEX = definition.load("2017-annex")
LEDGER = {"A": 3, "H": 1, "F": 1}


def merged(told: Told, held: Content | None = None) -> Content:
    return content.merged(ANNEX, held or Content(), told, ledger=LEDGER, by="统计员（省局）")


class TestValues:
    @pytest.mark.parametrize(
        ("item", "text", "value"),
        [
            ("J", "１１", 11),
            ("K", "300,000台", 300000),
            ("k", " 5 ", 5),
            ("hotline.in_service", "是", True),
            ("hotline.in_service", "no", False),
            ("disclosure.forms", "年度，季度", ("季度", "年度")),
            ("hotline.number", " 96333 ", "96333"),
            ("已完成整改数量B", "2", 2),
        ],
    )
    def test_are_read_as_people_type_them(self, item, text, value):
        kept = merged(Told(values={item: text}))

        assert list(kept.values.values()) == [value]

    @pytest.mark.parametrize(
        ("item", "text"),
        [("J", "-1"), ("J", "1.5"), ("J", "十一"), ("hotline.in_service", "也许"), ("disclosure.forms", "每周")],
    )
    def test_are_refused_in_words(self, item, text):
        with pytest.raises(BadValue):
            merged(Told(values={item: text}))

    def test_of_an_unknown_item_are_refused_with_what_there_is(self):
        with pytest.raises(UnknownItem, match=r"hotline\.number"):
            merged(Told(values={"Z": "1"}))

    def test_keep_blank_zero_and_not_applicable_apart(self):
        zero, none, blank = (merged(Told(values={"J": text})) for text in ("0", "不适用", ""))

        assert (zero.values, zero.not_applicable) == ({"J": 0}, ())
        assert (none.values, none.not_applicable) == ({}, ("J",))
        assert (blank.values, blank.not_applicable) == ({}, ())

    def test_that_are_blank_clear_what_was_held(self):
        assert merged(Told(values={"J": ""}), merged(Told(values={"J": "11"}))).values == {}


class TestOverrides:
    def test_need_a_reason(self):
        with pytest.raises(NoReason, match="H 由台账计数（现为 1），改填 2 须写明理由"):
            merged(Told(values={"H": "2"}))

    def test_keep_reason_and_post(self):
        why = merged(Told(values={"H": "2"}, because={"H": "漏录"})).why["H"]

        assert (why.reason, why.by) == ("漏录", "统计员（省局）")

    def test_keep_their_reason_when_only_the_number_changes(self):
        held = merged(Told(values={"H": "2"}, because={"H": "漏录"}))

        assert merged(Told(values={"H": "3"}), held).why["H"].reason == "漏录"

    def test_that_say_what_the_ledger_says_are_none(self):
        kept = merged(Told(values={"H": "1"}, because={"H": "核对过"}))

        assert (kept.values, kept.why) == ({}, {})

    def test_are_taken_back_by_a_blank(self):
        held = merged(Told(values={"H": "2"}, because={"H": "漏录"}))

        kept = merged(Told(values={"H": ""}), held)

        assert (kept.values, kept.why) == ({}, {})

    def test_alone_carry_reasons(self):
        with pytest.raises(BadValue):
            merged(Told(because={"J": "随便"}))


class TestCodedReasons:
    def test_are_known_ones(self):
        with pytest.raises(BadValue, match="no-funds"):
            merged(Told(coded={"texts.reasons": ("nonsense",)}))

    def test_stand_beside_the_text(self):
        assert merged(Told(coded={"texts.reasons": ("no-funds",)})).coded == {"texts.reasons": ("no-funds",)}


class TestTheCanonicalText:
    def test_reads_back_as_it_was(self):
        kept = merged(
            Told(
                values={"J": "11", "H": "2", "disclosure.forms": "季度", "texts.highlights": "一\n二"},
                because={"H": "漏录"},
                coded={"texts.reasons": ("no-funds", "other")},
                reporting_body="省局",
            )
        )

        assert content.loaded(kept.dumped()) == kept

    def test_does_not_depend_on_the_order_of_filling(self):
        one = merged(Told(values={"J": "1"}), merged(Told(values={"K": "2"})))
        other = merged(Told(values={"K": "2"}), merged(Told(values={"J": "1"})))

        assert one.dumped() == other.dumped()
