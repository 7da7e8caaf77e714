"""Promo codes: one spelling, days in India, and a sentence for each refusal."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from desktop_app.domain.concessions import ConcessionGroup, ConcessionMeasure
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money
from desktop_app.domain.promo_codes import (
    CLEAR,
    PromoCode,
    PromoRefusal,
    PromoRefusedError,
    PromoUse,
    check_use,
    make_code,
    make_promo,
    normalise_code,
    refuse_archived,
    refuse_twice,
    refuse_unknown,
)
from desktop_app.domain.receipt import day_in_india

JEE10 = PromoCode("JEE10", ConcessionMeasure.PERCENT, 1_000)
FULL_WIDTH = "\uff2a\uff25\uff25"
USE = PromoUse(date(2026, 11, 30), "PHY-11", Money(56_640_00))


@pytest.mark.parametrize(
    "typed", ["jee10", "JEE10 ", " Jee10\t", FULL_WIDTH + "10", FULL_WIDTH + "\uff11\uff10"]
)
def test_a_code_is_the_same_however_it_is_typed(typed: str) -> None:
    assert normalise_code(typed) == "JEE10"
    assert make_promo(replace(JEE10, code=typed)).code == "JEE10"


@pytest.mark.parametrize("typed", ["", "JEE", "J" * 21, "JEE 10", "JEE_10", "जेईई10", "JÉE10"])
def test_a_code_has_4_to_20_letters_digits_or_hyphens(typed: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        make_promo(replace(JEE10, code=typed))
    assert refused.value.field == "code"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"value": 0}, "value"),
        ({"value": 10_001}, "value"),
        ({"measure": ConcessionMeasure.AMOUNT, "value": -1}, "value"),
        ({"valid_from": date(2026, 12, 1), "valid_to": date(2026, 11, 30)}, "valid_to"),
        ({"most_uses": 0}, "max_uses"),
        ({"most_per_family": 0}, "max_per_family"),
        ({"least_bill": Money(-1)}, "min_bill"),
        ({"note": "x" * 201}, "note"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(change: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        make_promo(replace(JEE10, **change))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_made_code_has_no_letters_that_look_alike() -> None:
    made = {make_code(secrets.choice) for _ in range(200)}
    assert len(made) == 200
    assert not set("".join(made)) & set("0O1I")
    assert all(make_promo(replace(JEE10, code=code)).code == code for code in made)
    assert len(CLEAR) == 32


def test_the_days_of_a_code_are_days_in_india() -> None:
    to_november = replace(JEE10, valid_to=date(2026, 11, 30))
    before_midnight = datetime(2026, 11, 30, 18, 29, tzinfo=UTC)
    check_use(to_november, replace(USE, on=day_in_india(before_midnight)))
    at_midnight = datetime(2026, 11, 30, 18, 30, tzinfo=UTC)
    with pytest.raises(PromoRefusedError) as refused:
        check_use(to_november, replace(USE, on=day_in_india(at_midnight)))
    assert refused.value.refusal is PromoRefusal.EXPIRED


def test_a_code_works_on_its_first_and_on_its_last_day() -> None:
    for one_day in (replace(JEE10, valid_from=USE.on, valid_to=USE.on), JEE10):
        check_use(one_day, USE)


@pytest.mark.parametrize(
    ("promo", "use", "refusal", "words"),
    [
        ({"valid_from": date(2026, 12, 1)}, {}, PromoRefusal.NOT_BEGUN, "2026-12-01"),
        ({"valid_to": date(2026, 11, 29)}, {}, PromoRefusal.EXPIRED, "2026-11-29"),
        ({"courses": frozenset({"CHE-11"})}, {}, PromoRefusal.OTHER_COURSE, "this course"),
        ({"least_bill": Money(56_640_01)}, {}, PromoRefusal.UNDER_MINIMUM, "₹56,640.01"),
        ({"first_enrollment_only": True}, {"is_first": False}, PromoRefusal.NOT_FIRST, "new"),
        ({"is_combinable": False}, {"has_others": True}, PromoRefusal.NOT_COMBINABLE, "another"),
        ({"most_uses": 1}, {"uses": 1}, PromoRefusal.USED_UP, "has reached its limit."),
        ({"most_uses": 1}, {"uses": 1, "held_since": "14:02"}, PromoRefusal.USED_UP, "from 14:02"),
        ({"most_per_family": 1}, {"uses": 9, "family_uses": 1}, PromoRefusal.FAMILY_USED_UP,
         "family"),
    ],
)  # fmt: skip
def test_each_refusal_has_its_own_sentence(
    promo: dict[str, object], use: dict[str, object], refusal: PromoRefusal, words: str
) -> None:
    with pytest.raises(PromoRefusedError) as refused:
        check_use(replace(JEE10, **promo), replace(USE, **use))  # type: ignore[arg-type]
    assert refused.value.refusal is refusal
    assert refused.value.field == "promo"
    assert "JEE10" in refused.value.message
    assert words in refused.value.message


def test_what_is_allowed_is_allowed() -> None:
    check_use(
        replace(
            JEE10,
            courses=frozenset({"PHY-11"}),
            least_bill=USE.bill,
            first_enrollment_only=True,
            most_uses=2,
            most_per_family=2,
        ),
        replace(USE, course_code="phy-11", has_others=True, uses=1, family_uses=1),
    )


def test_unknown_archived_and_used_codes_are_told_from_one_another() -> None:
    found = [refuse("JEE10") for refuse in (refuse_unknown, refuse_archived, refuse_twice)]
    assert [each.refusal.value for each in found] == ["unknown", "archived", "used_already"]
    assert len({each.message for each in found}) == 3


def test_a_code_counts_in_the_group_of_codes() -> None:
    assert JEE10.concession.group is ConcessionGroup.PROMO
    assert JEE10.concession.worth({}) == Money(0)
