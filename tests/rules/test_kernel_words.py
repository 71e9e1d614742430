"""Text as people type it: full-width digits become narrow, names stay, no cell becomes a formula."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liftwarden.kernel.words import FORMULA_STARTS, defused, narrowed, tidied


class TestDefused:
    @pytest.mark.parametrize("start", FORMULA_STARTS)
    def test_prefixes_whatever_a_spreadsheet_takes_for_a_formula(self, start):
        assert defused(f"{start}1+1") == f"'{start}1+1"

    @given(st.text())
    def test_never_begins_like_a_formula(self, text):
        assert not defused(text).startswith(FORMULA_STARTS)

    @given(st.text())
    def test_leaves_the_text_readable(self, text):
        assert defused(text).removeprefix("'") == text.removeprefix("'")

    @pytest.mark.parametrize("text", ["", "文三路90号", "0012345", "3-2-1"])
    def test_leaves_an_innocent_cell_alone(self, text):
        assert defused(text) == text


class TestTidied:
    @given(st.text())
    def test_is_the_same_when_done_twice(self, text):
        assert tidied(tidied(text)) == tidied(text)

    @given(st.text())
    def test_holds_no_control_character_and_no_run_of_blanks(self, text):
        kept = tidied(text)

        assert not any(unicodedata.category(c)[0] == "C" for c in kept)
        assert "  " not in kept
        assert kept == kept.strip()

    def test_leaves_the_characters_of_a_name(self):
        assert tidied("  䶮　Ａ座 ") == "䶮 Ａ座"


class TestNarrowed:
    @given(st.integers(0, 10**18))
    def test_reads_full_width_digits(self, number):
        wide = "".join(chr(ord(c) + 0xFEE0) for c in str(number))

        assert narrowed(wide) == str(number)

    @given(st.text())
    def test_is_the_same_when_done_twice(self, text):
        assert narrowed(narrowed(text)) == narrowed(text)
