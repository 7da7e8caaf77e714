"""Fee heads: those that ship, and what is refused of one that is typed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.fee_heads import (
    HEADS_HIDDEN_BY_PROFILE,
    RefundRule,
    Treatment,
    heads_by_code,
    make_head,
)

HEADS = heads_by_code()


def test_books_are_a_nil_rated_line_and_coaching_is_taxed() -> None:
    rates = {code: (head.treatment, head.gst_bp, head.sac) for code, head in HEADS.items()}
    assert rates["tuition"] == (Treatment.TAXABLE, 1_800, "999293")
    assert rates["material"] == (Treatment.TAXABLE, 1_800, "999293")
    assert rates["books"] == (Treatment.EXEMPT, 0, "4901")
    assert rates["exam"] == rates["deposit"] == (Treatment.OUTSIDE, 0, "")
    assert HEADS["deposit"].refund is RefundRule.DEPOSIT
    assert [head.priority for head in HEADS.values()][:9] == list(range(1, 10))


def test_a_profile_hides_books() -> None:
    assert HEADS_HIDDEN_BY_PROFILE["rajasthan-2025"] == {"books"}


def test_a_head_of_the_centre_replaces_one_that_ships() -> None:
    own = replace(HEADS["hostel"], title="Hostel and mess")
    found = heads_by_code([own, replace(own, code="bus")])
    assert found["hostel"].title == "Hostel and mess"
    assert list(found)[-1] == "bus"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": " "}, "code"),
        ({"title": ""}, "title"),
        ({"gst_bp": 10_001}, "gst_rate"),
        ({"gst_bp": -1}, "gst_rate"),
        ({"treatment": Treatment.EXEMPT}, "gst_rate"),
        ({"sac": "12"}, "sac"),
        ({"sac": "99929x"}, "sac"),
        ({"sac": ""}, "sac"),
    ],
)
def test_a_head_that_contradicts_itself_is_refused(change: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        make_head(replace(HEADS["hostel"], **change))  # type: ignore[arg-type]
    assert caught.value.field == field


def test_a_head_is_named_in_english_where_it_has_no_hindi() -> None:
    assert make_head(replace(HEADS["hostel"], code=" BUS ", title="Bus", title_hi="")) == replace(
        HEADS["hostel"], code="bus", title="Bus", title_hi="Bus"
    )
