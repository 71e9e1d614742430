"""The numbers of a lift: their shapes, their full-width spellings, their leading zeros."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liftwarden.kernel import codes
from liftwarden.kernel.codes import BadCode

WIDE = str.maketrans(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"
)

GOOD = [
    (codes.device_code, "311033001201700001"),
    (codes.device_code, "3110330A1201712345"),
    (codes.device_code, "31103300120170001"),
    (codes.registration_code, "31103301062017060001"),
    (codes.registration_code, "00000000000000000001"),
    (codes.certificate_no, "梯11宁A00001(17)"),
    (codes.certificate_no, "31103301062017060001"),
    (codes.rescue_code, "00123"),
    (codes.rescue_code, "000001"),
]
BAD = [
    (codes.device_code, "3110330012017000"),
    (codes.device_code, "3110330012017000012"),
    (codes.device_code, "011033001201700001"),
    (codes.device_code, "3110330012017 00001"),
    (codes.device_code, "31103300120I700001"),
    (codes.registration_code, "3110330106201706000"),
    (codes.registration_code, "3110330106201706000A"),
    (codes.certificate_no, "电11宁A00001"),
    (codes.certificate_no, "梯11"),
    (codes.rescue_code, "1234"),
    (codes.rescue_code, "1234567"),
    (codes.rescue_code, "12 345"),
    (codes.rescue_code, "1234５Ａ"),
]
ALL = [codes.device_code, codes.registration_code, codes.certificate_no, codes.rescue_code]


@pytest.mark.parametrize(("check", "code"), GOOD)
class TestAGoodCode:
    def test_stays_as_it_is(self, check, code):
        assert check(code) == code

    def test_is_read_in_full_width(self, check, code):
        assert check(code.translate(WIDE)) == code

    def test_is_read_in_small_letters_and_between_blanks(self, check, code):
        assert check(f" {code.lower()}　") == code


@pytest.mark.parametrize(("check", "code"), BAD)
def test_a_bad_code_is_refused_with_what_is_allowed(check, code):
    with pytest.raises(BadCode) as refused:
        check(code)

    assert code in refused.value.words()
    assert "应" in refused.value.words()


@pytest.mark.parametrize("check", ALL)
@given(st.text(max_size=24))
def test_any_text_is_a_code_or_refused(check, text):
    try:
        kept = check(text)
    except BadCode:
        return

    assert check(kept) == kept


@given(st.from_regex(r"\A\d{5,6}\Z", alphabet="0123456789"))
def test_leading_zeros_of_a_rescue_code_count(code):
    assert codes.rescue_code(code) == code
