"""The canonical text of a return, its digest, and its public JSON."""

import json
import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from liftwarden.oversight.returns import definition, rules
from liftwarden.oversight.returns.filled import (
    Change,
    Filled,
    Override,
    canonical_json,
    digest,
    from_canonical,
    to_public_json,
)

ANNEX = definition.load("2017-annex")
FULL = Filled(
    form="2017-annex",
    period="2017-06",
    reporting_body="某局",
    cells=(("B", None), ("A", 0)),
    not_applicable=("J", "C"),
    answers=(("hotline.in_service", None), ("disclosure.practised", False)),
    options=(("disclosure.forms", ("季度", "年度")),),
    texts=(("texts.reasons", "“引号”\n换行"),),
    reasons=(("texts.reasons", ("parts",)),),
    overrides=(Override("J", None, 11, "尚无数据源", "张三"),),
    corrections=(Change("A", -1, "重复"),),
    adjustments=(Change("B", 1, "迟报", "某梯", "2017-03"),),
    notes=("一",),
)


class TestCanonical:
    def test_has_sorted_keys_and_no_spaces_and_plain_chinese(self):
        text = canonical_json(FULL).decode()

        assert '"cells":{"A":0,"B":null}' in text
        assert "某局" in text
        assert json.loads(text)["schema"] == 1

    def test_does_not_depend_on_the_order_of_filling(self):
        shuffled = replace(FULL, cells=FULL.cells[::-1], answers=FULL.answers[::-1], not_applicable=("C", "J"))

        assert canonical_json(shuffled) == canonical_json(FULL)

    def test_leaves_out_the_digest_of_itself(self):
        assert digest(replace(FULL, digest=digest(FULL))) == digest(FULL)

    def test_changes_with_any_value(self):
        changed = [
            replace(FULL, period="2017-09"),
            replace(FULL, cells=(("A", None), ("B", None))),
            replace(FULL, version=2),
        ]

        assert len({digest(each) for each in (FULL, *changed)}) == 4

    def test_is_read_back_and_derived_again_byte_for_byte(self):
        again = from_canonical(canonical_json(FULL))

        assert canonical_json(again) == canonical_json(FULL)
        assert again.digest == digest(FULL)
        assert again.corrections == FULL.corrections

    @given(st.dictionaries(st.sampled_from("ABCDEFGHIJK"), st.none() | st.integers(0, 10**9)), st.text(max_size=30))
    def test_survives_any_values(self, cells, words):
        pairs = list(cells.items())
        random.Random(1).shuffle(pairs)
        filled = Filled(
            form="2017-annex", cells=tuple(pairs), texts=(("texts.reasons", words.encode(errors="ignore").decode()),)
        )

        assert canonical_json(from_canonical(canonical_json(filled))) == canonical_json(filled)


class TestPublicJson:
    def test_has_exactly_the_promised_shape(self):
        shaped = to_public_json(ANNEX, Filled(form="2017-annex"), ())

        assert shaped == {
            "reporting_body": "",
            "contact": "",
            "period": None,
            "cells": dict.fromkeys("ABCDEFGHIJK"),
            "hotline": {"in_service": None, "number": ""},
            "disclosure": {"practised": None, "forms": [], "content": ""},
            "texts": {"reasons": "", "problems": "", "highlights": ""},
            "errors": [],
        }

    def test_lists_errors_and_no_warnings(self):
        filled = Filled(form="2017-annex", cells=(("A", 1),))

        shaped = to_public_json(ANNEX, filled, rules.check(ANNEX, filled))

        assert {"rule", "cells", "message"} == set(shaped["errors"][0])
        assert "required:period" not in {error["rule"] for error in shaped["errors"]}

    def test_takes_its_keys_from_the_definition(self):
        shaped = to_public_json(definition.load("2015-campaign"), Filled(form="2015-campaign"), ())

        assert set(shaped) == {"reporting_body", "contact", "period", "cells", "errors"}
