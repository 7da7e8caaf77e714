"""A list from a file: checked as a whole, written in chunks, payments pass in between."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.students import Student, make_student
from desktop_app.services import errors
from desktop_app.services.maintenance.import_sheet import CHUNK
from desktop_app.storage.enrolment.student_repository import SqlStudentRepository
from desktop_app.storage.store import DATABASE, SqlStore

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.services.views.maintenance import ImportReport
    from tests.integration.conftest import Counter

COUNT = CHUNK * 2 + 200


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    rows = "".join(f"S{number:05d},Student {number}\n" for number in range(COUNT))
    path.write_text(f"roll_no,name\n{rows}", encoding="utf-8")
    return path


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.added, report.updated, report.unchanged


def trail(counter: Counter) -> list[dict[str, Any]]:
    """Return the audit entries of imports."""
    with closing(sqlite3.connect(counter.context.folder / DATABASE)) as raw:
        found = raw.execute(
            "SELECT detail FROM audit_entries WHERE action = 'students.imported' ORDER BY id"
        )
        return [json.loads(detail) for (detail,) in found]


def on_the_roll(counter: Counter) -> int:
    return counter.students.page("").total


def test_payments_pass_between_chunks(counter: Counter, sheet: Path) -> None:
    student, course = counter.student(), counter.course()
    paid: list[AttemptState] = []

    def pay(rows: int) -> None:
        if rows == CHUNK:
            begun = counter.payments.begin(student.uid, course.uid, Method.CASH)
            paid.append(begun.state)

    report = counter.desk.imports.students(sheet, None, pay)
    assert counts(report) == (COUNT, 0, 0)
    assert paid == [AttemptState.PAID]
    assert on_the_roll(counter) == COUNT + 1


def test_who_waits_for_the_writer_is_not_overtaken(counter: Counter) -> None:
    store = counter.context.store
    assert isinstance(store, SqlStore)
    order: list[str] = []

    def pay() -> None:
        with store.writing() as work:
            order.append("payment")
            work.nothing_to_write()

    waiting = threading.Thread(target=pay)
    with store.writing() as work:
        waiting.start()
        while not store.writer.turn.locked():
            waiting.join(0.01)
        work.nothing_to_write()
    with store.writing() as work:
        order.append("next chunk")
        work.nothing_to_write()
    waiting.join(10)
    assert order == ["payment", "next chunk"]


def test_a_file_that_is_bad_at_its_end_opens_no_writer(
    counter: Counter, sheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sheet.open("a", encoding="utf-8") as file:
        file.write("S99999,\n")

    def refuse(_store: object) -> object:
        raise AssertionError("the writer was opened")

    monkeypatch.setattr(SqlStore, "writing", refuse)
    report = counter.desk.imports.students(sheet)
    assert [problem.line for problem in report.problems] == [COUNT + 2]
    assert on_the_roll(counter) == 0


def test_cut_off_between_chunks_the_same_file_writes_the_rest(
    counter: Counter, sheet: Path
) -> None:
    def killed(rows: int) -> None:
        if rows == CHUNK:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        counter.desk.imports.students(sheet, None, killed)
    first = {"added": CHUNK, "updated": 0, "upto": CHUNK, "of": COUNT}
    assert (on_the_roll(counter), trail(counter)) == (CHUNK, [first])
    report = counter.desk.imports.students(sheet)
    assert counts(report) == (COUNT - CHUNK, 0, CHUNK)
    assert sum(entry["added"] for entry in trail(counter)) == on_the_roll(counter) == COUNT
    before = len(trail(counter))
    assert counts(counter.desk.imports.students(sheet)) == (0, 0, COUNT)
    last = {"added": 0, "updated": 0, "upto": COUNT, "of": COUNT}
    assert trail(counter)[before:] == [last], "that nothing changed is in the trail, once"


@pytest.mark.parametrize(
    ("chunk", "kind"), [(1, errors.DiskFullError), (2, errors.ImportCutOffError)]
)
def test_a_full_disk_says_whether_something_was_written(
    counter: Counter,
    sheet: Path,
    monkeypatch: pytest.MonkeyPatch,
    chunk: int,
    kind: type[Exception],
) -> None:
    upsert_all = SqlStudentRepository.upsert_all
    calls: list[int] = []

    def full(self: SqlStudentRepository, *args: Any) -> Any:
        calls.append(1)
        if len(calls) == chunk:
            raise errors.DiskFullError("database or disk is full")
        return upsert_all(self, *args)

    monkeypatch.setattr(SqlStudentRepository, "upsert_all", full)
    with pytest.raises(kind, match="disk is full"):
        counter.desk.imports.students(sheet)
    assert on_the_roll(counter) == (chunk - 1) * CHUNK


# --- families


def families(counter: Counter) -> dict[str, str | None]:
    """Return the phone of each student's family by roll number."""
    sql = "SELECT s.roll_no, f.phone FROM students s LEFT JOIN families f ON f.uid = s.family_uid"
    with closing(sqlite3.connect(counter.context.folder / DATABASE)) as book:
        return dict(book.execute(sql))


def child(roll_no: str, phone: str) -> Student:
    return make_student(roll_no=roll_no, name="Asha Rao", guardian_phone=phone)


def test_students_who_share_a_guardians_phone_are_a_family(counter: Counter) -> None:
    one = counter.students.add(child("R001", "9000000011"))
    assert families(counter) == {"R001": None}, "nobody shares the phone"
    counter.students.add(child("R002", "9000000011"))
    counter.students.add(child("R003", "9000000012"))
    assert families(counter) == {"R001": "9000000011", "R002": "9000000011", "R003": None}
    counter.students.change(one.uid, child("R001", "9000000012"))
    assert families(counter) == {
        "R001": "9000000012", "R002": "9000000011", "R003": "9000000012",
    }  # fmt: skip
    counter.students.change(one.uid, child("R001", ""))
    assert families(counter)["R001"] is None
    assert counter.context.store.reader.audit.first_unsealed() is None


def test_an_import_makes_families_of_known_and_new_students(counter: Counter) -> None:
    counter.students.add(child("R001", "9000000011"))
    rows = [child("R002", "9000000011"), *(child(f"X{n}", "9000000099") for n in range(9))]
    with counter.context.store.writing() as work:
        work.students.upsert_all(rows, counter.context.now(), counter.context.ids.new)
        work.commit()
    found = families(counter)
    assert (found["R001"], found["R002"]) == ("9000000011",) * 2
    assert {found[f"X{n}"] for n in range(9)} == {None}, "nine students are no family"
