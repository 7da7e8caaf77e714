"""Opening balances from CSV: enrolments with their dues, no money, all rows or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.enrollment import EnrollmentState
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.services.views.maintenance import ImportReport
    from tests.integration.conftest import Counter

pytestmark = pytest.mark.usefixtures("books_hold")
HEADER = "roll_no,course,amount,due_on,head\n"
ROWS = (
    "R001,PHY-11,5900,2026-12-01,\n"
    "R001,phy-11,5900.50,2027-03-01,tuition\n"
    "r002,PHY-11,2500,,hostel\n"
    "R002,CHE-11,1180,2026-11-01,\n"
)


@pytest.fixture
def centre(counter: Counter) -> Counter:
    counter.desk.settings.put("centre.gstin", "27AAPFU0939F1ZV")
    counter.student("R001", guardian_phone="9000000009")
    counter.student("R002", guardian_phone="9000000009")
    counter.course("PHY-11", seats=2)
    counter.course("CHE-11")
    return counter


def imported(counter: Counter, folder: Path, rows: str, header: str = HEADER) -> ImportReport:
    path = folder / "dues.csv"
    path.write_text(header + rows, encoding="utf-8")
    return counter.desk.imports.dues(path)


def test_rows_of_a_student_and_course_make_one_enrolment(centre: Counter, tmp_path: Path) -> None:
    report = imported(centre, tmp_path, ROWS)
    assert (report.added, report.unchanged, report.problems) == (3, 0, ())
    ledger = centre.ledger()
    assert [(each["student"], each["course"], each["amount"], each["state"])
            for each in ledger["enrollments"]] == [
        ("R001", "PHY-11", 1_180_050, "active"),
        ("R002", "PHY-11", 250_000, "active"),
        ("R002", "CHE-11", 118_000, "active"),
    ]  # fmt: skip
    assert {(each["head"], each["instalment"], each["due_on"], each["balance"])
            for each in ledger["dues"]} == {
        ("tuition", 1, "2026-12-01", 590_000),
        ("tuition", 2, "2027-03-01", 590_050),
        ("hostel", 1, "2026-11-20", 250_000),
        ("tuition", 1, "2026-11-01", 118_000),
    }  # fmt: skip
    for name in ("payments", "receipts", "movements", "attempts"):
        assert ledger[name] == [], "no money moves"


def test_the_same_file_again_changes_nothing_even_after_payments(
    centre: Counter, tmp_path: Path
) -> None:
    imported(centre, tmp_path, ROWS)
    first = centre.ledger()["dues"][0]["id"]
    centre.payments.begin_dues({first: Money(1_000_00)}, Method.CASH)
    before = centre.ledger()
    report = imported(centre, tmp_path, ROWS)
    assert (report.added, report.updated, report.unchanged) == (0, 0, 3)
    assert centre.ledger() == before


def test_what_is_owed_can_be_collected_with_its_tax(centre: Counter, tmp_path: Path) -> None:
    imported(centre, tmp_path, ROWS)
    due = centre.ledger()["dues"][0]["id"]
    centre.payments.begin_dues({due: None}, Method.CASH)
    receipt = centre.receipts.latest()
    assert receipt is not None
    assert [line.amount.paise for line in receipt.lines] == [500_000, 45_000, 45_000]
    assert receipt.left is not None
    assert receipt.left.amount == Money(590_050)


@pytest.mark.parametrize(
    ("row", "field", "word"),
    [
        ("R009,PHY-11,100,,", "roll_no", "R009"),
        (",PHY-11,100,,", "roll_no", ""),
        ("R001,NONE,100,,", "course", "NONE"),
        ("R001,PHY-11,,,", "amount", ""),
        ("R001,PHY-11,0.99,,", "amount", "₹1"),
        ("R001,PHY-11,-5,,", "amount", ""),
        ("R001,PHY-11,100,31-12-2026,", "due_on", "date"),
        ("R001,PHY-11,100,,canteen", "head", "canteen"),
        ("R001,PHY-11,100,,tuition,more", "row", "more"),
    ],
)
def test_one_wrong_row_imports_nothing(
    centre: Counter, tmp_path: Path, row: str, field: str, word: str
) -> None:
    report = imported(centre, tmp_path, f"R002,CHE-11,1180,,\n{row}\n")
    assert (report.added, len(report.problems)) == (0, 1)
    [problem] = report.problems
    assert problem.line == 3
    assert problem.error is not None
    assert problem.error.field == field
    assert word in problem.problem
    assert centre.ledger()["enrollments"] == []


def test_more_students_than_seats_import_nothing(centre: Counter, tmp_path: Path) -> None:
    centre.student("R003")
    rows = "".join(f"R00{number},PHY-11,100,,\n" for number in (1, 2, 3))
    report = imported(centre, tmp_path, rows)
    assert [each.line for each in report.problems] == [4]
    assert centre.ledger()["enrollments"] == []


def test_a_student_enrolled_with_other_fees_is_named(centre: Counter, tmp_path: Path) -> None:
    student, course = centre.students.find("R001"), centre.courses.find("PHY-11")
    centre.desk.enrolments.enrol(student.uid, course.uid)
    report = imported(centre, tmp_path, ROWS)
    assert [each.line for each in report.problems] == [2]
    assert "PHY-11" in report.problems[0].problem
    assert len(centre.ledger()["enrollments"]) == 1


def test_columns_are_checked(centre: Counter, tmp_path: Path) -> None:
    report = imported(centre, tmp_path, "R001,PHY-11,100,x\n", "roll_no,course,amount,colour\n")
    assert report.unknown_columns == ("colour",)
    assert report.added == 1
    with pytest.raises(InvalidInputError, match="amount"):
        imported(centre, tmp_path, "R001,PHY-11\n", "roll_no,course\n")


def test_the_sample_can_be_imported(centre: Counter, tmp_path: Path) -> None:
    path = centre.desk.imports.sample("dues", tmp_path / "sample.csv")
    assert centre.desk.imports.dues(path).problems == ()


def test_a_brought_in_student_has_a_seat(centre: Counter, tmp_path: Path) -> None:
    imported(centre, tmp_path, ROWS)
    student, course = centre.students.find("R001"), centre.courses.find("PHY-11")
    with centre.context.store.reading() as books:
        found = books.enrollments.current(student.uid, course.uid)
    assert found is not None
    assert found.state is EnrollmentState.ACTIVE
    assert course.seats_left == 0
