"""The text that a seal is the digest of: fixed for good, since seals outlive versions."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from desktop_app.storage.row_seals import Columns

VALUES = st.one_of(
    st.none(),
    st.integers(),
    st.text(),
    st.floats(),
    st.binary(),
    st.sampled_from(["'\"", "\\", ""]),
)
COLUMNS = st.lists(st.text(min_size=1), unique=True, min_size=1, max_size=8)


@st.composite
def tables(draw: st.DrawFn) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Draw names of columns, and rows of them."""
    names = tuple(draw(COLUMNS))
    rows = st.tuples(*[VALUES] * len(names))
    return names, draw(st.lists(rows, max_size=3))


@given(tables())
def test_the_text_is_ascii_of_the_rows_without_their_nulls(
    table: tuple[tuple[str, ...], list[tuple[Any, ...]]],
) -> None:
    names, rows = table
    order = sorted(range(len(names)), key=lambda at: names[at])
    content = [[(names[at], row[at]) for at in order if row[at] is not None] for row in rows]
    digest = sha256(ascii(content).encode()).hexdigest()
    assert Columns("payments", names).digest(rows) == digest[:32]


def test_a_known_row_has_its_known_digest() -> None:
    columns = Columns("payments", ("uid", "amount_paise", "vpa_masked", "rrn"))
    assert (
        columns.digest([("u1", 1_180_000, "pa••••@okaxis", None)])
        == "481182da212ee646d51627752fd36119"
    )
    assert columns.digest([]) == "4f53cda18c2baa0c0354bb5f9a3ecbe5"
