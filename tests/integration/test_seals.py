"""Edits of students, courses, settings and the schema behind the desk's back are found."""

from __future__ import annotations

import csv
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.payment import Method
from desktop_app.domain.students import make_student
from desktop_app.services import errors
from desktop_app.services.maintenance.audit_verification import AuditVerifier
from desktop_app.storage.audit_anchor import ANCHOR
from desktop_app.storage.schema_objects import altered
from desktop_app.storage.store import DATABASE, SqlStore, open_store
from tests.integration.reached import paid
from tests.proofs.tamper_edits import sql_shell

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.integration.conftest import Counter

CHEAP_FEES = """
    CREATE TRIGGER cheap AFTER INSERT ON enrollments BEGIN
    UPDATE enrollments SET amount_paise = 100 WHERE uid = NEW.uid; END
"""

ADDED_COURSE = """
    INSERT INTO courses SELECT 'u', desk_id, 'X', title, batch, 100, 0, 0, NULL, NULL, NULL,
        created_at, updated_at, NULL, NULL FROM courses
"""
ADDED_STUDENT = """
    INSERT INTO students SELECT 99, 'u', desk_id, 'R9', name, phone, email, guardian_name,
        guardian_phone, date_of_birth, state, phone_reversed, guardian_phone_reversed, served_at,
        created_at, updated_at, family_uid FROM students
"""


def verified(counter: Counter) -> str:
    return AuditVerifier(counter.context).verify() or ""


def edited(counter: Counter, edit: str) -> str:
    """Edit the file with a SQL shell, triggers restored; return what verification reports."""
    assert verified(counter) == ""
    with sql_shell(counter.context.folder / DATABASE) as raw:
        assert raw.execute(edit).rowcount
    return verified(counter)


def in_file(counter: Counter, statement: str) -> None:
    """Run a statement as another program would, triggers in place."""
    with closing(sqlite3.connect(counter.context.folder / DATABASE)) as raw:
        raw.execute(statement)
        raw.commit()


# --- what staff enter


EDITS = (
    ("UPDATE courses SET fee_paise = fee_paise - 100", "courses"),
    ("UPDATE courses SET seats = seats + 1", "courses"),
    ("UPDATE courses SET withdrawn_at = created_at", "courses"),
    ("DELETE FROM courses WHERE code = 'BIO-9'", "courses"),
    ("UPDATE settings SET value = '08ABCDE1234F1Z0' WHERE key = 'centre.gstin'", "settings"),
    ("UPDATE settings SET value = 'D7' WHERE key = 'desk.id'", "settings"),
    ("UPDATE settings SET value = '50000000' WHERE key = 'upi.limit_paise'", "settings"),
    ("UPDATE settings SET value = '2030-01-01' WHERE key = 'backup.last_at'", "settings"),
    ("DELETE FROM settings WHERE key = 'desk.id'", "settings"),
    ("UPDATE students SET guardian_phone = '9812345678' WHERE id = 2", "students"),
    ("UPDATE students SET name = 'Somebody Else' WHERE id = 3", "students"),
    ("DELETE FROM students WHERE id = 3", "students"),
    ("UPDATE capabilities SET is_available = 0", "capabilities"),
    ("DELETE FROM capabilities", "capabilities"),
)
ADDED = (
    ("INSERT INTO settings VALUES ('centre.upi', 'thief@okaxis')", "settings"),
    (ADDED_COURSE, "courses"),
    (ADDED_STUDENT, "students"),
)


def entered(counter: Counter) -> None:
    """Enter courses, students and settings, and collect a fee."""
    paid(counter)
    counter.course("BIO-9")
    for number in range(2, 5):
        counter.student(f"R00{number}", phone=f"900000000{number}")
    for key, value in (("centre.gstin", "29ABCDE1234F1ZW"), ("desk.id", "D2"),
                       ("upi.limit_paise", "10000000")):  # fmt: skip
        counter.desk.settings.put(key, value)
    counter.desk.backups.make_daily()


def edited_copies(counter: Counter, edits: Iterable[str], place: Path) -> list[str]:
    """Make each edit in its own copy of the folder; return what verification reports."""
    assert verified(counter) == ""
    counter.context.store.backup(place / DATABASE)
    said = []
    for at, edit in enumerate(edits):
        folder = place / f"edited-{at}"
        folder.mkdir()
        shutil.copyfile(place / DATABASE, folder / DATABASE)
        shutil.copyfile(counter.context.folder / ANCHOR, folder / ANCHOR)
        with sql_shell(folder / DATABASE) as raw:
            assert raw.execute(edit).rowcount, edit
        store = SqlStore(folder / DATABASE, counter.clock.now, counter.registry)
        with closing(store):
            verifier = AuditVerifier(replace(counter.context, store=store, folder=folder))
            said.append(verifier.verify() or "")
    return said


def test_an_edit_of_what_staff_entered_is_found(
    counter: Counter, tmp_path_factory: pytest.TempPathFactory
) -> None:
    entered(counter)
    said = edited_copies(counter, dict(EDITS), tmp_path_factory.mktemp("edited"))
    assert dict(zip(dict(EDITS), said, strict=True)) == {
        edit: f"a row of {table} was changed or removed" for edit, table in EDITS
    }


def test_a_row_added_beside_what_staff_entered_is_found(
    counter: Counter, tmp_path_factory: pytest.TempPathFactory
) -> None:
    paid(counter)
    said = edited_copies(counter, dict(ADDED), tmp_path_factory.mktemp("added"))
    assert said == [f"{table} has a row that was not written by the desk" for _, table in ADDED]


def test_a_feature_added_for_another_key_is_found(counter: Counter) -> None:
    paid(counter)
    copied = (
        "INSERT INTO capabilities SELECT 'rzp_live_x', name, is_available, checked_at "
        "FROM capabilities"
    )
    assert edited(counter, copied) == "a row of capabilities was changed or removed"


def test_changes_by_the_desk_itself_hold(counter: Counter) -> None:
    paid(counter)
    course, student = counter.courses.find("PHY-11"), counter.students.find("R001")
    counter.students.change(student.uid, make_student(roll_no="R001", name="Asha Rao Verma"))
    counter.courses.withdraw(course.uid)
    counter.desk.settings.put("centre.name", "Vidya")
    counter.desk.settings.put("centre.name", "Vidya Classes")
    counter.polling.reconcile()
    in_file(counter, "VACUUM")
    assert verified(counter) == ""


def test_a_poll_that_finds_nothing_adds_no_entry(counter: Counter) -> None:
    paid(counter)
    counter.polling.reconcile()
    before = counter.context.store.reader.audit.head()
    for _tick in range(20):
        counter.clock.advance(60)
        counter.polling.run()
        counter.polling.reconcile()
    assert counter.context.store.reader.audit.head() == before


def test_the_last_payment_of_a_student_orders_a_list_and_has_no_seal(counter: Counter) -> None:
    paid(counter)
    assert edited(counter, "UPDATE students SET served_at = NULL") == ""


# --- a list that was imported


@pytest.fixture
def imported(counter: Counter, tmp_path: Path) -> Path:
    """Import 1,203 students, then change one in the middle of a chunk and import two again."""
    sheet = tmp_path / "students.csv"
    write_sheet(sheet, range(1203))
    counter.desk.imports.students(sheet)
    student = counter.students.find("I0700")
    counter.students.change(student.uid, make_student(roll_no="I0700", name="Asha Rao"))
    write_sheet(sheet, (3, 1200, 1203), name="Renamed")
    counter.desk.imports.students(sheet)
    return sheet


def write_sheet(sheet: Path, numbers: range | tuple[int, ...], name: str = "Student") -> None:
    with sheet.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["roll_no", "name"])
        table.writerows([f"I{number:04}", f"{name} {number}"] for number in numbers)


@pytest.mark.usefixtures("imported")
def test_one_edited_student_among_those_imported_is_found(
    counter: Counter, tmp_path_factory: pytest.TempPathFactory
) -> None:
    one = [
        f"UPDATE students SET email = 'thief@example.com' WHERE roll_no = '{roll_no}'"
        for roll_no in ("I0000", "I0003", "I0499", "I0500", "I0700", "I1203")
    ]
    two = (
        "UPDATE students SET guardian_phone = '9812345678', guardian_phone_reversed = '8765432189'"
        " WHERE roll_no IN ('I0010', 'I0011')"
    )
    said = edited_copies(counter, [*one, two], tmp_path_factory.mktemp("edited"))
    assert said == ["a row of students was changed or removed"] * 7


@pytest.mark.usefixtures("imported")
def test_an_import_writes_one_seal_for_each_run_of_students(counter: Counter) -> None:
    with sqlite3.connect(counter.context.folder / DATABASE) as raw:
        seals = raw.execute("SELECT detail FROM audit_entries WHERE action = 'rows.sealed'")
        names = [name for (detail,) in seals for name in detail.split('"') if "students:" in name]
    raw.close()
    assert names == [
        "students:1-500", "students:501-1000", "students:1001-1203", "students:701-701",
        "students:1201-1201", "students:1204-1204", "students:4-4",
    ]  # fmt: skip


# --- the schema


def test_the_schema_of_a_new_file_is_the_packaged_one(counter: Counter) -> None:
    assert counter.context.store.reader.audit.altered_schema() is None
    in_file(counter, "ANALYZE")
    assert counter.context.store.reader.audit.altered_schema() is None


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (CHEAP_FEES, "the trigger cheap is not the desk's"),
        ("DROP TRIGGER receipts_no_delete", "the trigger receipts_no_delete is missing"),
        ("DROP INDEX uq_attempt_dues_live", "the index uq_attempt_dues_live is missing"),
        ("CREATE VIEW takings AS SELECT * FROM payments", "the view takings is not the desk's"),
        ("CREATE TABLE notes (words TEXT)", "the table notes is not the desk's"),
        ("ALTER TABLE courses ADD COLUMN extra TEXT", "the table courses was changed"),
        ("DROP TABLE capabilities", "the table capabilities is missing"),
        (
            "CREATE TRIGGER 'a\nb' AFTER INSERT ON dues BEGIN SELECT 1; END",
            "the trigger a?b is not the desk's",
        ),
    ],
)
def test_an_altered_schema_is_named(counter: Counter, statement: str, said: str) -> None:
    in_file(counter, statement)
    assert counter.context.store.reader.audit.altered_schema() == said


def test_a_trigger_made_anew_with_other_words_is_named(counter: Counter) -> None:
    in_file(counter, "DROP TRIGGER payments_no_update")
    in_file(
        counter, "CREATE TRIGGER payments_no_update BEFORE UPDATE ON payments BEGIN SELECT 1; END"
    )
    assert verified(counter) == "the trigger payments_no_update was changed"


def test_the_same_name_twice_is_named() -> None:
    with closing(sqlite3.connect(":memory:")) as raw:
        raw.execute("CREATE TABLE one (a TEXT)")
        known = {"table one": altered_digest(raw)}
        assert altered(raw, known) is None
        raw.execute("PRAGMA writable_schema = ON")
        raw.execute("INSERT INTO sqlite_master SELECT * FROM sqlite_master")
        assert altered(raw, known) == "the table one is not the desk's"


def altered_digest(raw: sqlite3.Connection) -> str:
    from desktop_app.storage.schema_objects import digests

    [(_, digest)] = digests(raw)
    return digest


def entries(counter: Counter) -> list[tuple[str, str]]:
    return [(link.entry.action, str(link.entry.detail.get("objects", "")))
            for link in counter.context.store.reader.audit.links()]  # fmt: skip


def test_a_planted_trigger_is_in_the_trail_before_what_it_did_is_sealed(counter: Counter) -> None:
    paid(counter)
    before = len(entries(counter))
    in_file(counter, CHEAP_FEES)
    counter.payments.begin(
        counter.student("R002", phone="9000000002").uid,
        counter.courses.find("PHY-11").uid,
        Method.CASH,
    )
    added = entries(counter)[before:]
    noted = added.index(("schema.altered", "the trigger cheap is not the desk's"))
    assert noted < [action for action, _ in added].index("rows.sealed")
    assert [action for action, _ in added].count("schema.altered") == 1, "once, not each time"
    assert verified(counter) == "the trigger cheap is not the desk's"


def test_a_trigger_that_was_there_for_a_while_is_reported_for_six_days(counter: Counter) -> None:
    paid(counter)
    in_file(counter, CHEAP_FEES)
    counter.student("R002", phone="9000000002")
    in_file(counter, "DROP TRIGGER cheap")
    assert "the trigger cheap is not the desk's (on 20 Nov 2026" in verified(counter)
    counter.student("R003", phone="9000000003")
    assert [action for action, _ in entries(counter)].count("schema.altered") == 1
    counter.clock.advance(timedelta(days=6, minutes=1).total_seconds())
    assert verified(counter) == ""


def test_what_was_rolled_back_is_noted_by_the_next_commit(counter: Counter) -> None:
    in_file(counter, CHEAP_FEES)
    with pytest.raises(ZeroDivisionError), counter.context.store.writing() as work:
        work.put_setting("centre.name", "never")
        raise ZeroDivisionError
    assert entries(counter) == []
    counter.desk.settings.put("centre.name", "Vidya")
    assert "schema.altered" in [action for action, _ in entries(counter)]


def test_the_window_asks_again_after_the_days_backup(counter: Counter) -> None:
    paid(counter)
    counter.desk.backups.make_daily()
    assert counter.desk.backups.make_daily() is None
    in_file(counter, CHEAP_FEES)
    with pytest.raises(errors.TamperedError, match="trigger cheap"):
        counter.desk.backups.make_daily()


def test_a_new_start_notes_a_trigger_again(counter: Counter) -> None:
    in_file(counter, CHEAP_FEES)
    counter.desk.settings.put("centre.name", "Vidya")
    again = open_store(counter.context.folder, counter.clock.now)
    with again.writing() as work:
        work.put_setting("centre.name", "Vidya Classes")
        work.commit()
    assert [action for action, _ in entries(counter)].count("schema.altered") == 2
    again.close()
