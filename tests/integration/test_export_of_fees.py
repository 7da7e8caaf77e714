"""Exports of balances and concessions."""

from __future__ import annotations

import csv
from datetime import date
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from desktop_app.domain.ageing import Bucket
from desktop_app.domain.instruments import InstrumentState
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.services.maintenance.exporting import REPORTS
from desktop_app.services.maintenance.inbox_rows import inbox_rows
from desktop_app.services.views.dues import DueChoice
from desktop_app.services.views.evidence import TypedEvidence
from desktop_app.services.views.fees import ConcessionWish
from desktop_app.services.views.payments import PaymentFilter

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Counter


@pytest.fixture
def centre(counter: Counter, tmp_path: Path) -> Counter:
    """Asha owes two fees, one overdue, and has credit; Rohan owes nothing."""
    counter.student("R001", name="Asha Rao", guardian_phone="9000000009")
    counter.student("R002", name="=cmd()")
    counter.course("PHY-11")
    path = tmp_path / "in.csv"
    rows = "R001,PHY-11,5900,2026-11-01\nR001,PHY-11,4000,2027-03-01\n"
    path.write_text(f"roll_no,course,amount,due_on\n{rows}", encoding="utf-8")
    assert counter.desk.imports.dues(path).added == 1
    return counter


def exported(counter: Counter, kind: str, path: Path) -> list[dict[str, str]]:
    counter.desk.exports.write(kind, path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_balances_of_every_student(centre: Counter, tmp_path: Path) -> None:
    first = centre.ledger()["dues"][0]["id"]
    centre.payments.begin_dues({first: Money(1_000_00)}, Method.CASH)
    asha, other = exported(centre, "balances", tmp_path / "out.csv")
    assert asha == {
        "roll_no": "R001", "name": "Asha Rao", "guardian_name": "",
        "guardian_phone": "9000000009", "asked": "9900.00", "paid": "1000.00",
        "verified": "0.00", "counted": "1000.00", "claimed": "0.00", "in_clearing": "0.00",
        "balance": "8900.00", "overdue": "4900.00", "next_due_on": "2027-03-01", "credit": "0.00",
    }  # fmt: skip
    assert other["balance"] == "0.00"
    assert not other["name"].startswith("=")


def test_balances_keep_claimed_money_by_itself(centre: Counter, tmp_path: Path) -> None:
    first, second = (row["id"] for row in centre.ledger()["dues"])
    typed = TypedEvidence(reference="HDFCN52026112000")
    centre.payments.begin_dues({first: None}, Method.NEFT, typed=typed)
    centre.payments.begin_dues({second: Money(1_000_00)}, Method.CASH)
    asha, _other = exported(centre, "balances", tmp_path / "out.csv")
    assert [asha[name] for name in ("paid", "counted", "claimed")] == [
        "6900.00", "1000.00", "5900.00",
    ]  # fmt: skip
    [claim] = centre.desk.claims.claimed()
    centre.desk.claims.reverse(claim.uid, "the bank never showed it")
    asha, _other = exported(centre, "balances", tmp_path / "out.csv")
    assert [asha[name] for name in ("paid", "counted", "claimed")] == ["1000.00", "1000.00", "0.00"]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("kind", ["students", "balances", "concessions"])
def test_a_report_of_what_a_list_shows(
    centre: Counter, tmp_path: Path, kind: str, suffix: str
) -> None:
    path = tmp_path / f"out{suffix}"
    about = [("List", "Students"), ("Shown", "Fee due")]
    count = centre.desk.exports.write(kind, path, about=about, only={"R001"})
    rows = read_sheet(path)
    assert [row[0] for row in rows[:2]] == ["List", "Shown"]
    header, *lines = rows[3:]
    assert header == list(REPORTS[kind].columns)
    assert [line[header.index("roll_no")] for line in lines] == ["R001"] * count
    assert count == (kind != "concessions")


def test_an_exported_list_is_imported_with_its_first_rows(centre: Counter, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    about = [("लिस्ट", "Students"), ("Shown", "All, and more"), ("Exported", "30 Nov, 18:20")]
    centre.desk.exports.write("students", path, about=about)
    assert centre.desk.imports.preview("students", path).columns[:2] == ("roll_no", "name")
    report = centre.desk.imports.students(path)
    assert (report.added, report.unchanged, report.problems) == (0, 2, ())
    centre.desk.exports.write("courses", path, about=about, only={"PHY-11"})
    assert centre.desk.imports.courses(path).unchanged == 1


def test_cheques_as_they_are_listed(centre: Counter, tmp_path: Path) -> None:
    first = centre.ledger()["dues"][0]["id"]
    typed = TypedEvidence(
        reference="000123", bank="State Bank", dated=date(2026, 11, 20), payer="=cmd()"
    )
    centre.payments.begin_dues({first: None}, Method.CHEQUE, typed=typed)
    path = tmp_path / "out.csv"
    about = [("List", "Cheques"), ("Shown", "In hand")]
    exports = centre.desk.exports
    assert exports.cheques([InstrumentState.IN_HAND], "", about, path) == 1
    rows = read_sheet(path)
    assert rows[1] == ["Shown", "In hand"]
    named = dict(zip(rows[3], rows[4], strict=True))
    assert (named["roll_no"], named["number"], named["amount"]) == ("R001", "000123", "5900.00")
    assert named["state"] == "in_hand"
    assert not named["drawer"].startswith("=")
    assert exports.cheques([InstrumentState.BOUNCED], "", about, path) == 0
    assert exports.write("cheques", path) == 1


def test_the_inbox_as_it_is_shown(centre: Counter, tmp_path: Path) -> None:
    first = centre.ledger()["dues"][0]["id"]
    typed = TypedEvidence(reference="HDFCN52026112000")
    centre.payments.begin_dues({first: None}, Method.NEFT, typed=typed)
    desk, path = centre.desk, tmp_path / "out.csv"
    rows = inbox_rows(
        desk.unapplied.held(), desk.claims.claimed(), desk.outbox.commands(),
        desk.disputes.known(), desk.unapplied.returning(),
    )  # fmt: skip
    assert desk.exports.inbox(rows, [("List", "Inbox")], path) == 1
    found = read_sheet(path)
    named = dict(zip(found[2], found[3], strict=True))
    assert (named["kind"], named["roll_no"], named["amount"]) == ("claim", "R001", "5900.00")
    assert (named["verification"], named["reference"]) == ("claimed", "HDFCN52026112000")


def test_concessions_with_what_was_asked_and_given(centre: Counter, tmp_path: Path) -> None:
    centre.student("R003", name="Ravi")
    student, course = centre.students.find("R003"), centre.courses.find("PHY-11")
    enrollment = centre.desk.enrolments.enrol(student.uid, course.uid).enrollment_uid
    wish = ConcessionWish("other", value=1_000, reason="agreed with the family")
    centre.desk.concessions.concede(enrollment, [wish])
    [row] = exported(centre, "concessions", tmp_path / "out.csv")
    assert (row["given_on"], row["roll_no"], row["course"]) == ("2026-11-20", "R003", "PHY-11")
    assert (row["kind"], row["reason"]) == ("other", "agreed with the family")
    assert row["given"] == row["asked"] == "1180.00"
    assert row["taken_back"] == "no"


def test_a_sheet_of_balances(centre: Counter, tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    assert centre.desk.exports.write("balances", path) == 2
    sheet = load_workbook(path).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]][:2] == ["roll_no", "name"]


def read_sheet(path: Path) -> list[list[str]]:
    """Return the rows of a file, in text."""
    if path.suffix == ".xlsx":
        sheet = load_workbook(path).active
        assert sheet is not None
        return [["" if cell is None else str(cell) for cell in row] for row in sheet.values]
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_dues_as_they_are_listed_with_what_narrows_them(
    centre: Counter, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"out{suffix}"
    about = [("List", "Open dues"), ("Shown", "=cmd()")]
    which = DueChoice("asha", Bucket.MONTH)
    assert centre.desk.exports.dues(which, about, path) == 1
    rows = read_sheet(path)
    assert [row[:1] for row in rows[:3]] == [["List"], ["Shown"], [""] if rows[2] else []]
    if suffix == ".csv":
        assert rows[1][1].startswith("'="), "no cell may be a formula"
    assert rows[3][0] == "roll_no"
    assert [float(row[rows[3].index("balance")]) for row in rows[4:]] == [5900]
    assert centre.desk.exports.dues(DueChoice(bucket=Bucket.OLDER), about, path) == 0


def test_the_statement_of_a_family(centre: Counter, tmp_path: Path) -> None:
    first = centre.ledger()["dues"][0]["id"]
    centre.payments.begin_dues({first: Money(1_000_00)}, Method.CASH)
    account = centre.desk.dues.account(centre.students.find("R001").uid)
    path = tmp_path / "out.csv"
    assert centre.desk.exports.statement(account, [("List", "Family account")], path) == 3
    header, *lines = read_sheet(path)[2:]
    assert header == [
        "at", "entry", "name", "about", "receipt_no", "amount", "balance", "verification",
    ]  # fmt: skip
    assert [(line[1], *line[5:]) for line in lines] == [
        ("asked", "5900.00", "5900.00", ""),
        ("asked", "4000.00", "9900.00", ""),
        ("paid", "-1000.00", "8900.00", "counted"),
    ]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_payments_as_they_are_listed_say_how_sure_they_are(
    counter: Counter, tmp_path: Path, suffix: str
) -> None:
    student, course = counter.student("R001", name="Asha Rao"), counter.course("PHY-11")
    counter.payments.begin(student.uid, course.uid, Method.CASH)
    other, chemistry = counter.student("R002"), counter.course("CHE-11")
    typed = TypedEvidence(reference="HDFCN52026112000")
    counter.payments.begin(other.uid, chemistry.uid, Method.NEFT, typed=typed)
    [claim] = counter.desk.claims.claimed()
    counter.desk.claims.reverse(claim.uid, "the bank never showed it")
    path = tmp_path / f"out{suffix}"
    about = [("List", "Payments"), ("Shown", "NEFT")]
    assert counter.desk.exports.payments(PaymentFilter(method="neft"), about, path) == 1
    rows = read_sheet(path)
    assert [row[0] for row in rows[:2]] == ["List", "Shown"]
    named = dict(zip(rows[3], rows[4], strict=True))
    assert (named["roll_no"], named["method"], named["verification"]) == (
        "R002",
        "neft",
        "reversed",
    )
    assert {row["verification"] for row in exported(counter, "ledger", tmp_path / "all.csv")} == {
        "counted", "reversed",
    }  # fmt: skip
