"""Credit of money that is gone, row by row."""

from __future__ import annotations

from desktop_app.domain.gone_credit import CreditMove, gone_credit
from desktop_app.domain.money import Money

GONE, SOUND = "p1", "p2"


def row(
    amount: int,
    payment: str | None = None,
    student: str = "a",
    movement: str = "m",
    *,
    is_moved: bool = False,
    is_opening: bool = False,
) -> CreditMove:
    return CreditMove(student, movement, Money(amount), payment, is_moved, is_opening)


def left(*rows: CreditMove, gone: int = 500) -> dict[str, int]:
    return {uid: each.paise for uid, each in gone_credit(rows, {GONE: Money(gone)}).items()}


def test_sound_money_is_used_first() -> None:
    assert left(row(500, GONE), row(300, SOUND), row(-300)) == {"a": 500}
    assert left(row(500, GONE), row(300, SOUND), row(-400)) == {"a": 400}


def test_what_was_used_before_is_not_in_later_credit() -> None:
    assert left(row(500, GONE), row(-500), row(400, SOUND)) == {"a": 0}
    assert left(row(500, GONE), row(-500), row(400, is_opening=True)) == {"a": 0}


def test_what_a_fee_gives_back_is_gone_again() -> None:
    assert left(row(500, GONE), row(-500), row(200), row(400, SOUND)) == {"a": 200}
    assert left(row(500, GONE), row(300, SOUND), row(-300), row(300)) == {"a": 500}


def test_no_more_is_gone_than_was_taken_and_did_not_go_back() -> None:
    assert left(row(500, GONE), gone=200) == {"a": 200}
    assert left(row(500, GONE), row(-400, GONE)) == {"a": 100}
    assert left(row(300, GONE), row(400, GONE, "b")) == {"a": 300, "b": 200}


def test_it_moves_with_the_credit_and_back() -> None:
    to_b = (row(-500, is_moved=True), row(500, None, "b", is_moved=True))
    assert left(row(500, GONE), *to_b) == {"a": 0, "b": 500}
    back = (row(-500, None, "b", "n", is_moved=True), row(500, None, "a", "n", is_moved=True))
    assert left(row(500, GONE), *to_b, *back) == {"a": 500, "b": 0}
    assert left(row(500, GONE), row(500, SOUND), *to_b) == {"a": 500, "b": 0}
