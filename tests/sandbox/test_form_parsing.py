"""Forms by PHP's bracket rules, and scalars as leniently as Razorpay reads them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from desktop_app.sandbox.form_parsing import TooDeepError, read_form
from desktop_app.sandbox.scalars import as_integer, as_switch, as_text, strict_types

TREES: list[tuple[str, dict[str, Any]]] = [
    ("amount=100&currency=INR", {"amount": "100", "currency": "INR"}),
    ("notes[a]=b&notes[c d]=e+f", {"notes": {"a": "b", "c d": "e f"}}),
    ("notes%5Bk%5D=%E0%A4%85", {"notes": {"k": "अ"}}),
    ("a[]=x&a[]=y", {"a": ["x", "y"]}),
    ("a[0]=x&a[1]=y", {"a": ["x", "y"]}),
    ("a[0][b]=x&a[0][c][]=y&a[1][b]=z", {"a": [{"b": "x", "c": ["y"]}, {"b": "z"}]}),
    ("a[1]=x&a[0]=y", {"a": {"1": "x", "0": "y"}}),
    ("a[3]=x&a[]=y", {"a": {"3": "x", "4": "y"}}),
    ("a[k]=x&a[]=y", {"a": {"k": "x", "0": "y"}}),
    ("a=1&a=2", {"a": "2"}),
    ("a=1&a[b]=2", {"a": {"b": "2"}}),
    ("a[b]=2&a=1", {"a": "1"}),
    ("a[b]c=1", {"a": {"b": "1"}}),
    ("a[b=1", {"a_b": "1"}),
    ("a.b=1&c d=2&[x=3", {"a_b": "1", "c_d": "2", "_x": "3"}),
    ("a[b.c]=1", {"a": {"b.c": "1"}}),
    ("a&=b&c=", {"a": "", "c": ""}),
    ("%20a=1", {"a": "1"}),
]


@pytest.mark.parametrize(("text", "tree"), TREES)
def test_a_form_is_read_as_php_reads_it(text: str, tree: dict[str, Any]) -> None:
    assert read_form(text, 100, 5) == tree


def test_a_form_has_bounds() -> None:
    assert read_form("a[b][c][d][e]=1", 1, 5) == {"a": {"b": {"c": {"d": {"e": "1"}}}}}
    with pytest.raises(TooDeepError):
        read_form("a[b][c][d][e][f]=1", 1, 5)
    with pytest.raises(ValueError, match="fields"):
        read_form("a=1&b=2", 1, 5)
    with pytest.raises(ValueError, match="utf-8"):
        read_form("a=" + quote(b"\xff"), 1, 5)


@pytest.mark.parametrize(
    ("given", "integer"),
    [("100", 100), ("-1", -1), (50000.0, 50000), ("", None), (None, None), (7, 7)],
)
def test_what_counts_as_an_integer(given: object, integer: int | None) -> None:
    assert as_integer(given) == integer
    with strict_types(wanted=True):
        assert as_integer(given) is given
    assert as_integer(given) == integer


@pytest.mark.parametrize("given", ["1.0", "1e3", " 1", "٣", "9" * 16, 0.5, True, [], "abc"])
def test_what_does_not_count_as_an_integer_comes_back(given: object) -> None:
    assert as_integer(given) is given


@pytest.mark.parametrize(
    ("given", "on"),
    [(1, True), ("1", True), ("true", True), (0, False), ("0", False), ("False", False)],
)
def test_what_counts_as_a_switch(given: object, on: object) -> None:
    assert as_switch(given) is on
    with strict_types(wanted=True):
        assert as_switch(given) is given


def test_other_switches_and_texts() -> None:
    assert as_switch("") is None
    others: list[object] = [2, "yes", 1.0, []]
    assert [as_switch(other) for other in others] == others
    assert (as_text(9123456780), as_text(True), as_text(1.5)) == ("9123456780", True, 1.5)
