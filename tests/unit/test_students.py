"""Students: names in any script, phone numbers as typed, clear refusals."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.students import make_student, mask_phone, normalise_phone
from desktop_app.domain.text import clean_line, optional_line


@pytest.mark.parametrize(
    "typed",
    [
        "9845012345", "+91 98450 12345", "+919845012345", "09845012345", "0091-98450-12345",
        "91 9845012345", "(98450) 12345", "98450.12345", "९८४५०१२३४५", "\u200e9845012345",
        "+91 098450 12345",
    ],
)  # fmt: skip
def test_a_phone_is_reduced_to_its_ten_digits(typed: str) -> None:
    assert normalise_phone(typed) == "9845012345"


@pytest.mark.parametrize(
    "typed", ["984501234", "98450123456", "abc", "98450-1234x", "+1 9845012345", "0000000000"]
)
def test_a_number_that_is_not_an_indian_phone_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInputError, match="10-digit") as caught:
        normalise_phone(typed, "guardian_phone")
    assert caught.value.field == "guardian_phone"


def test_only_the_last_four_digits_are_ever_shown() -> None:
    assert mask_phone("9845012345") == "••••••2345"
    assert mask_phone("") == ""


@pytest.mark.parametrize(
    "name",
    [
        "<b>PAID</b> <img src=x>", "D'Souza \"Raj\"", "आशा राव", "श्री‍मती क्षमा", "=HYPERLINK(1)",
        "👩‍🎓 Zoë", "x" * 200,
    ],
)  # fmt: skip
def test_names_are_kept_as_they_are_written(name: str) -> None:
    assert make_student(roll_no="R1", name=name).name == name


def test_invisible_characters_are_dropped_from_names() -> None:
    assert clean_line(" Asha\u202e\u0000\n  Rao\u200b ") == "Asha Rao"
    assert clean_line("e\u0301") == "é"


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean_line(text)
    assert clean_line(once) == once
    assert "\n" not in once


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", {"name": "  "}),
        ("name", {"name": "x" * 201}),
        ("roll_no", {"roll_no": ""}),
        ("email", {"email": "asha@"}),
        ("email", {"email": "a b@example.com"}),
        ("state", {"state": "XX"}),
        ("date_of_birth", {"date_of_birth": "14-03-2007"}),
        ("date_of_birth", {"date_of_birth": date(1800, 1, 1)}),
        ("phone", {"phone": "123"}),
        ("guardian_phone", {"guardian_phone": "123456789"}),
    ],
)
def test_a_student_says_which_field_is_wrong(field: str, values: dict[str, object]) -> None:
    facts: dict[str, object] = {"roll_no": "R1", "name": "Asha"} | values
    with pytest.raises(InvalidInputError) as caught:
        make_student(**facts)  # type: ignore[arg-type]
    assert caught.value.field == field


def test_a_student_is_normalised() -> None:
    student = make_student(
        roll_no=" R1 ", name="Asha  Rao", phone="+91 90000 00001", email="asha@example.com",
        date_of_birth="2007-03-14", state="ka",
    )  # fmt: skip
    assert student.phone == "9000000001"
    assert student.state == "KA"
    assert student.date_of_birth == date(2007, 3, 14)


def test_an_optional_line_may_be_empty_but_not_endless() -> None:
    assert optional_line("batch", "Batch", "") == ""
    with pytest.raises(InvalidInputError):
        optional_line("batch", "Batch", "x" * 81, 80)
