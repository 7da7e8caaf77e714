"""Change from what the drawer has, with the fewest pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.change import (
    MOST_CHANGE,
    count_pieces,
    is_counted,
    make_change,
    next_rupee,
    pieces_text,
    take,
    worth,
)
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money


def rupees(drawer: dict[int, int]) -> dict[int, int]:
    return {piece * 100: count for piece, count in drawer.items()}


def oracle(amount: int, drawer: dict[int, int]) -> dict[int, int] | None:
    reach: dict[int, dict[int, int]] = {0: {}}
    for piece, have in sorted(drawer.items(), reverse=True):
        found = dict(reach)
        for got, used in reach.items():
            for k in range(1, have + 1):
                at = got + k * piece
                if at > amount:
                    break
                here = {**used, piece: k}
                if at not in found or sum(here.values()) < sum(found[at].values()):
                    found[at] = here
        reach = found
    return reach.get(amount)


@pytest.mark.parametrize(
    ("change", "drawer", "given_back"),
    [
        (530, {500: 2, 200: 1, 100: 3, 50: 1, 20: 4, 10: 5}, {500: 1, 20: 1, 10: 1}),
        (600, {500: 1, 200: 3, 50: 1}, {200: 3}),
        (30, {50: 3, 20: 1, 5: 1}, None),
        (0, {10: 1}, {}),
        (10, {}, None),
    ],
)
def test_the_fewest_pieces_that_the_drawer_has(
    change: int, drawer: dict[int, int], given_back: dict[int, int] | None
) -> None:
    expected = None if given_back is None else rupees(given_back)
    assert make_change(Money(change * 100), rupees(drawer)) == expected


def test_half_rupees_are_counted_too() -> None:
    assert make_change(Money(1_50), {100: 1, 50: 1}) == {100: 1, 50: 1}
    assert make_change(Money(1_25), {100: 1, 50: 1}) is None


PIECES = st.sampled_from([50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000])


@given(st.integers(0, 4000), st.dictionaries(PIECES, st.integers(0, 5), max_size=6))
def test_it_is_as_good_as_trying_everything(halves: int, drawer: dict[int, int]) -> None:
    amount = halves * 50
    found, best = make_change(Money(amount), drawer), oracle(amount, drawer)
    assert (found is None) == (best is None)
    if found is not None and best is not None:
        assert sum(piece * count for piece, count in found.items()) == amount
        assert sum(found.values()) == sum(best.values())
        assert all(count <= drawer[piece] for piece, count in found.items())


def test_a_full_drawer_answers_at_once() -> None:
    drawer = rupees(dict.fromkeys((500, 200, 100, 50, 20, 10, 5, 2, 1), 500))
    found = make_change(MOST_CHANGE, drawer)
    assert found == rupees({500: 4})


def test_more_than_the_largest_change_is_no_change() -> None:
    with pytest.raises(ValueError, match="largest note"):
        make_change(MOST_CHANGE + Money(1), {50000: 9})


def test_the_rest_to_the_next_rupee_is_offered_as_credit() -> None:
    offer = next_rupee(Money(333_34))
    assert (offer.tendered, offer.change) == (Money(334_00), Money(66))
    assert next_rupee(Money(334_00)).change == Money(0)


def test_tendered_less_than_due_is_refused() -> None:
    assert take(Money(19_470_00), Money(20_000_00)).change == Money(530_00)
    assert take(Money(19_470_00), None).change == Money(0)
    with pytest.raises(InvalidInputError, match=r"₹470\.00 short") as short:
        take(Money(19_470_00), Money(19_000_00))
    assert short.value.field == "tendered"
    with pytest.raises(InvalidInputError, match="smaller notes"):
        take(Money(100_00), Money(2_100_01))


def test_notes_and_coins_are_counted_one_by_one() -> None:
    counted = count_pieces("1x200, 2x500 + 3 X 0.50 1x500")
    assert pieces_text(counted) == "3x500 1x200 3x0.50"
    assert worth(counted) == Money(1_701_50)
    assert [is_counted(text) for text in ("1700", "2x500", "1,700.50")] == [False, True, False]


@pytest.mark.parametrize("typed", ["", "1700", "2x500 200", "2x2000", "1x3", "2x500 abc", "x500"])
def test_a_count_that_cannot_be_read_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        count_pieces(typed)
    assert caught.value.field == "tendered"
