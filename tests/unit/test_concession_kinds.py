"""Kinds of concessions: those that ship, edited ones, marks, reasons and proof."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from desktop_app.domain.concession_kinds import (
    SHIPPED,
    Band,
    bands_text,
    check_proof,
    kinds_by_code,
    make_kind,
    parse_bands,
)
from desktop_app.domain.concessions import ConcessionGroup, ConcessionMeasure
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money, parse_percent, percent_text
from desktop_app.domain.text import require_reason

KINDS = kinds_by_code()
SIBLING, STAFF, MERIT, EARLY, OTHER = SHIPPED


def test_the_kinds_that_ship_are_in_normal_form() -> None:
    assert list(KINDS) == ["sibling", "staff", "merit", "early", "other"]
    assert all(make_kind(kind) == kind for kind in SHIPPED)
    assert SIBLING.group is STAFF.group is ConcessionGroup.FAMILY


def test_a_centre_replaces_a_kind_and_adds_others() -> None:
    own = replace(SIBLING, value=500)
    added = replace(OTHER, code="defence", title="Defence", value=1_000)
    kinds = kinds_by_code([own, added])
    assert kinds["sibling"].value == 500
    assert list(kinds)[-1] == "defence"


@pytest.mark.parametrize(
    ("marks", "bp"), [(8_000, 1_000), (8_999, 1_000), (9_000, 1_500), (9_500, 2_500)]
)
def test_marks_decide_what_merit_is_worth(marks: int, bp: int) -> None:
    assert MERIT.for_marks(marks) == bp
    assert MERIT.concession(bp).value == bp


@pytest.mark.parametrize("marks", [7_999, -1, 10_001])
def test_other_marks_are_refused_beside_the_field(marks: int) -> None:
    with pytest.raises(InvalidInputError) as refused:
        MERIT.for_marks(marks)
    assert refused.value.field == "marks"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "promo"}, "code"),
        ({"title": " "}, "title"),
        ({"value": -1}, "value"),
        ({"value": 10_001}, "value"),
        ({"measure": ConcessionMeasure.FIXED_PRICE, "value": 0}, "value"),
        ({"most": Money(0)}, "max"),
        ({"valid_from": date(2026, 12, 1), "valid_to": date(2026, 11, 1)}, "valid_to"),
        ({"value": 0, "bands": (Band(9_000, 1_000), Band(8_000, 1_500))}, "bands"),
        ({"value": 0, "bands": (Band(9_000, 0),)}, "bands"),
        ({"bands": (Band(9_000, 1_000),)}, "bands"),
    ],
)
def test_a_kind_that_does_not_fit_is_refused(change: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        make_kind(replace(SIBLING, **change))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_kind_is_given_on_its_days_only() -> None:
    until = replace(EARLY, valid_to=date(2026, 11, 30))
    assert until.is_valid(date(2026, 11, 30))
    assert not until.is_valid(date(2026, 12, 1))
    assert not replace(EARLY, valid_from=date(2026, 12, 1)).is_valid(date(2026, 11, 30))


def test_bands_read_as_they_are_typed() -> None:
    assert parse_bands("80=10, 90 = 12.5 ,") == (Band(8_000, 1_000), Band(9_000, 1_250))
    assert bands_text(parse_bands("80=10, 90=12.5")) == "80=10, 90=12.5"
    assert parse_bands("") == ()
    for text in ("80", "80=ten", "eighty=10", "80:10"):
        with pytest.raises(InvalidInputError):
            parse_bands(text)


@pytest.mark.parametrize(
    ("text", "bp"), [("10", 1_000), ("12.5 %", 1_250), ("0.25", 25), ("100%", 10_000)]
)
def test_a_percentage_has_at_most_two_decimals(text: str, bp: int) -> None:
    assert parse_percent("value", text) == bp
    assert parse_percent("value", percent_text(bp)) == bp


@pytest.mark.parametrize("text", ["", "1.234", "-5", "1e2", "१०", "10 20", "1000.5"])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        parse_percent("value", text)


def test_a_reason_says_something_and_proof_is_noted_where_it_is_needed() -> None:
    assert require_reason("  elder  brother here ") == "elder brother here"
    assert require_reason("भाई") == "भाई"
    for empty in ("", "   ", "...", "ok", "- - -"):
        with pytest.raises(InvalidInputError):
            require_reason(empty)
    assert check_proof(SIBLING, "") == ""
    assert check_proof(STAFF, " E-112 ") == "E-112"
    with pytest.raises(InvalidInputError) as refused:
        check_proof(MERIT, " ")
    assert refused.value.field == "proof"


def test_a_value_that_is_typed_each_time_takes_the_place_of_the_kinds_own() -> None:
    assert OTHER.is_typed
    assert not MERIT.is_typed
    assert OTHER.concession(1_250).value == 1_250
