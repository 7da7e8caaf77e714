"""References at the gateway: what they carry, and whose they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.reference import (
    LONGEST,
    attempt_in_notes,
    book_tag,
    code_of,
    is_of_book,
    is_of_code,
    is_untagged,
    make_reference,
)

OURS, THEIRS = "0190aaaa-0000-7000-8000-000000000001", "0190aaaa-0000-7000-8000-000000000002"
UID = "0190bbbb-1111-7222-8333-444455556666"
OLD = f"D1-{UID.replace('-', '')}"


@given(st.uuids(), st.uuids(), st.sampled_from(["D", "D1", "D1A", "9", "ZZZ"]))
def test_a_reference_fits_and_says_whose_it_is(book: object, uid: object, code: str) -> None:
    made = make_reference(code, str(book), str(uid))
    assert len(made) <= LONGEST
    assert is_of_book(made, str(book))
    assert is_of_code(made, code)
    assert code_of(made) == code
    assert not is_untagged(made, code)
    assert not is_of_book(made, OURS if str(book) != OURS else THEIRS)


@given(st.uuids(), st.uuids())
def test_each_attempt_has_its_own_reference(one: object, other: object) -> None:
    made = [make_reference("D1", OURS, str(uid)) for uid in (one, other)]
    assert (made[0] == made[1]) is (one == other)


def test_a_reference_never_changes_its_spelling() -> None:
    assert make_reference("D1", OURS, UID) == "D1-hbn4n9xw-01j2xvp48he8h86ct48hanask6"
    assert book_tag(OURS) != book_tag(THEIRS)
    assert len(book_tag("")) == len(book_tag(OURS)) == 8


def test_a_reference_that_is_older_than_tags_is_of_no_book() -> None:
    assert is_untagged(OLD, "D1")
    assert is_of_code(OLD, "D1")
    assert not is_of_book(OLD, OURS)
    assert not is_untagged(OLD, "D2")


@pytest.mark.parametrize(
    "text", [None, "", "D1", "invoice-17", "D1-", f"D1-{'0' * 31}", f"d1-{'0' * 32}", f"{OLD}x"]
)
def test_other_texts_are_of_no_desk(text: str | None) -> None:
    assert code_of(text) is None
    assert not is_of_code(text, "D1")
    assert not is_untagged(text, "D1")
    assert not is_of_book(text, OURS)


def test_a_code_is_compared_whole() -> None:
    assert not is_of_code(make_reference("D11", OURS, UID), "D1")
    assert not is_of_code(make_reference("D1", OURS, UID), "D11")


@pytest.mark.parametrize("shown", [None, "", "Batch of May"])
def test_notes_name_the_attempt_of_an_edited_reference(shown: str | None) -> None:
    assert attempt_in_notes(shown, {"attempt": UID}) == UID
    assert attempt_in_notes(shown, {"attempt": UID.replace("-", "")}) == UID.replace("-", "")


@pytest.mark.parametrize(
    ("shown", "notes"),
    [
        (make_reference("D2", THEIRS, UID), {"attempt": UID}),
        (OLD, {"attempt": UID}),
        ("Batch of May", {"attempt": "none"}),
        ("Batch of May", {"attempt": f"{UID} "}),
        ("Batch of May", {}),
        ("Batch of May", None),
    ],
)
def test_other_notes_name_no_attempt(shown: str, notes: dict[str, str] | None) -> None:
    assert attempt_in_notes(shown, notes) is None
