"""The database: STRICT, append-only, one writer; indexed; migrated, backed up, restored."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from desktop_app.domain.audit import AuditEntry
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.students import make_student
from desktop_app.services import errors
from desktop_app.services.views.payments import PaymentFilter
from desktop_app.storage import backup as backups
from desktop_app.storage import database_restore, migrate
from desktop_app.storage.engine import make_engine
from desktop_app.storage.read_connections import ReadConnection
from desktop_app.storage.schema import metadata
from desktop_app.storage.store import DATABASE, SqlStore, open_store
from tests.integration.reached import shown
from tests.proofs.writer_class import connect_by

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Counter

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Exclude what the comparison cannot read: full-text tables, and an index in falling order."""
    if kind == "index":
        return name != "ix_due_balances_open"
    return kind != "table" or not (name or "").startswith("student_")


@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based")
def test_models_and_migrations_agree(store: SqlStore) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with make_engine(store.path).connect() as connection:
        found = compare_metadata(
            MigrationContext.configure(connection, opts={"include_name": is_ours}), metadata
        )
        script = ScriptDirectory.from_config(migrate.alembic_config(connection))
        assert len(list(script.walk_revisions())) == migrate.SCHEMA
        assert int(script.get_current_head() or 0) == migrate.SCHEMA
    assert found == []
    assert migrate.schema_of(store.path) == migrate.SCHEMA


def test_every_table_is_strict_and_every_pragma_is_set(store: SqlStore) -> None:
    with make_engine(store.path).connect() as connection:
        listing = "SELECT name, strict FROM pragma_table_list WHERE schema = 'main'"
        tables = connection.execute(text(listing)).all()
        ours = {name: strict for name, strict in tables if name in metadata.tables}
        assert set(ours) == set(metadata.tables)
        assert set(ours.values()) == {1}
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_money_cannot_become_a_float(counter: Counter) -> None:
    counter.payments.begin(counter.student().uid, counter.course().uid, Method.CASH)
    with (
        closing(sqlite3.connect(counter.context.folder / DATABASE)) as raw,
        pytest.raises(sqlite3.IntegrityError),
    ):
        raw.execute("UPDATE enrollments SET amount_paise = 1.5")


@pytest.mark.parametrize(
    "table",
    ["payments", "receipts", "ledger_entries", "audit_entries", "attempt_events", "receipt_prints"],
)
def test_money_rows_are_append_only(counter: Counter, table: str) -> None:
    paid = counter.payments.begin(counter.student().uid, counter.course().uid, Method.CASH)
    counter.receipts.note_printed(paid.receipt_uid or "", "a5")
    with closing(sqlite3.connect(counter.context.folder / DATABASE)) as raw:
        assert raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0] > 0
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET rowid = rowid"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                raw.execute(statement)


def test_leaving_without_commit_rolls_everything_back(store: SqlStore) -> None:
    with pytest.raises(ZeroDivisionError), store.writing() as work:
        work.students.add("u1", make_student(roll_no="R1", name="Asha"), NOW)
        assert work.receipts.next_sequence("D1", "26-27") == 1
        raise ZeroDivisionError
    assert store.reader.students.search("Asha", 5) == ()
    with store.writing() as work:
        assert work.receipts.next_sequence("D1", "26-27") == 1
        work.nothing_to_write()


def test_the_audit_chain_grows_by_hashes(store: SqlStore) -> None:
    with store.writing() as work:
        for number in range(3):
            work.audit(
                AuditEntry("2026-11-20T09:00:00Z", "D1", "x.done", f"s{number}", {"n": number})
            )
        work.commit()
    with closing(sqlite3.connect(store.path)) as raw:
        rows = raw.execute("SELECT previous_hash, hash FROM audit_entries ORDER BY id").fetchall()
    assert rows[0][0] == "0" * 64
    assert [row[0] for row in rows[1:]] == [row[1] for row in rows[:-1]]


# --- searching


PEOPLE = [
    ("R001", "Asha Rao", "9845012345", "Meena Rao", "9000000101"),
    ("R118", "Asha Raote", "9845077712", "", ""),
    ("K-7", "आशा राव", "9876543210", "मीना राव", ""),
    ("R200", 'D\'Souza, Iqbal "Raj"', "9811122233", "", ""),
    ("R201", "<b>PAID</b> <img src=x>", "9811122244", "", ""),
    ("12345", "Zoya Khan", "", "", "9845012399"),
]


@pytest.fixture
def roll(store: SqlStore) -> SqlStore:
    with store.writing() as work:
        for number, (roll_no, name, phone, guardian, guardian_phone) in enumerate(PEOPLE):
            student = make_student(
                roll_no=roll_no, name=name, phone=phone, guardian_name=guardian,
                guardian_phone=guardian_phone,
            )  # fmt: skip
            work.students.add(f"u{number}", student, NOW)
        work.commit()
    return store


@pytest.mark.parametrize(
    ("typed", "rolls"),
    [
        ("asha", {"R001", "R118", "K-7"}),
        ("ash", {"R001", "R118", "K-7"}),
        ("rao", {"R001", "R118", "K-7"}),
        ("aot", {"R118"}),
        ("asha rao", {"R001", "R118", "K-7"}),
        ("आशा", {"R001", "R118", "K-7"}),
        ("राव", {"R001", "R118", "K-7"}),
        ("आ", {"K-7"}),
        ("souza", {"R200"}),
        ("D'Souza", {"R200"}),
        ('"Raj"', {"R200"}),
        ("img", {"R201"}),
        ("k-7", {"K-7"}),
        ("R2", {"R200", "R201"}),
        ("+91 98450 12345", {"R001"}),
        ("012345", {"R001"}),
        ("450123", {"R001", "12345"}),
        ("0101", {"R001"}),
        ("meena", {"R001", "K-7"}),
        ("01", {"R001", "R201"}),
        ("nobody", set()),
        ("%", set()),
        ("*", set()),
        ("AND OR NOT", set()),
        ("^:(", set()),
        ("\u0000", {row[0] for row in PEOPLE}),
    ],
)
def test_students_are_found_by_any_part(roll: SqlStore, typed: str, rolls: set[str]) -> None:
    assert {hit.roll_no for hit in roll.reader.students.search(typed, 20)} == rolls


def test_an_exact_roll_number_comes_first_then_phone_endings(roll: SqlStore) -> None:
    assert [hit.roll_no for hit in roll.reader.students.search("12345", 20)][:2] == [
        "12345",
        "R001",
    ]


def test_a_changed_student_is_found_by_the_new_name_only(roll: SqlStore) -> None:
    with roll.writing() as work:
        before = work.students.get("u0")
        assert before is not None
        work.students.change("u0", replace(before, name="Kavya Nair"), NOW)
        work.commit()
    assert [hit.uid for hit in roll.reader.students.search("kavya", 5)] == ["u0"]
    assert [hit.uid for hit in roll.reader.students.search("asha", 5)] == ["u1", "u2"]


def test_phones_in_lists_are_masked(roll: SqlStore) -> None:
    shown = repr(roll.reader.students.search("", 50)) + repr(roll.reader.students.page("", 0, 50))
    for _roll, _name, phone, _guardian, guardian_phone in PEOPLE:
        assert not phone or phone not in shown
        assert not guardian_phone or guardian_phone not in shown


def test_every_query_that_lists_or_searches_uses_an_index(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    paid = counter.payments.begin(counter.student().uid, counter.course().uid, Method.CASH)
    store, plans = counter.context.store, []
    assert isinstance(store, SqlStore)

    run = ReadConnection.execute

    def explain(self: ReadConnection, sql: str, values: Any = None) -> Any:
        if sql.lstrip().upper().startswith(("SELECT", "WITH")):
            found = run(self, f"EXPLAIN QUERY PLAN {sql}", values)
            plans.append((sql, [row[3] for row in found.all()]))
        return run(self, sql, values)

    monkeypatch.setattr(ReadConnection, "execute", explain)
    reader = store.reader
    for typed in ("", "R0", "asha", "450123", "आशा", "x"):
        reader.students.search(typed, 20)
        reader.students.page(typed, 0, 50)
        reader.courses.search(typed, 20)
        for method in ("", "upi", "cash"):
            reader.payments.page(PaymentFilter(since=NOW, method=method, text=typed), 0, 100)
    reader.students.detail(paid.student_uid)
    reader.students.exactly("R001", "9000000001")
    reader.payments.recent(8)
    reader.receipts.get(paid.receipt_uid or "")
    reader.receipts.of_attempt(paid.uid)
    reader.receipts.latest()
    reader.attempts.live()
    reader.attempts.open_since(NOW)
    reader.attempts.watched(NOW)
    reader.exceptions.has_open_refunds()
    reader.audit.head()
    reader.attempts.get(paid.uid)
    reader.payments.is_posted("pay_1", 0)
    reader.attempts.names_of(paid.uid)
    reader.courses.get(code="PHY-11")
    reader.students.newest_roll_no()
    reader.students.has_roll_no("R001")
    assert len(plans) > 60
    for sql, plan in plans:
        assert_indexed(sql, plan)


SMALL = {f"SCAN {name}" for name in ("settings", "capabilities", "receipt_series", "sqlite_master")}


def assert_indexed(sql: str, plan: list[str]) -> None:
    """Fail a step that reads a whole table, unless it is small or the step stops at a page."""
    for step in plan:
        scans = step.startswith("SCAN") and not any(
            good in step for good in (" USING ", "VIRTUAL TABLE INDEX", "CONSTANT ROW",
                                      "picked", "gone", "json_each", "SUBQUERY", "(subquery")
        )  # fmt: skip
        newest = step == "SCAN s" and "ORDER BY s.id DESC LIMIT" in sql
        by_rowid = "ORDER BY id DESC LIMIT 1" in sql
        is_small = step in SMALL or (step == "SCAN r" and "FROM refunds r" in sql)
        assert not scans or newest or by_rowid or is_small, f"{step}: {sql}"


PLANS: dict[str, list[str]] = {}


class ExplainedCursor(sqlite3.Cursor):
    """A cursor that notes the plan of each statement."""

    def execute(self, sql: str, values: Any = (), /) -> ExplainedCursor:
        if sql.lstrip().startswith(("SELECT", "UPDATE", "DELETE")) and "EXPLAIN" not in sql:
            plan = self.connection.cursor(sqlite3.Cursor)
            PLANS[sql] = [row[3] for row in plan.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
        return super().execute(sql, values)


class ExplainedConnection(sqlite3.Connection):
    """A connection that notes the plans of its statements."""

    def cursor(self, factory: Any = ExplainedCursor) -> Any:
        return super().cursor(factory)

    def execute(self, sql: str, values: Any = (), /) -> Any:
        return self.cursor().execute(sql, values)


def test_every_statement_of_a_repository_uses_an_index(counter: Counter) -> None:
    PLANS.clear()
    store = counter.context.store
    assert isinstance(store, SqlStore)
    connect_by(ExplainedConnection, store.writer)
    view = shown(counter, Method.UPI_INTENT)
    counter.payments.cancel(view.uid)
    course = counter.courses.find("PHY-11").uid
    counter.payments.begin(view.student_uid, course, Method.CASH)
    payment_id = counter.pay(view)
    counter.polling.reconcile()
    with counter.context.store.writing() as work:
        payment = work.payments.find(payment_id)
        assert payment is not None
        assert work.unapplied.held() == (payment,)
        assert work.refunds.refundable(payment) == payment.amount
        assert work.refunds.get("r1") is None
        assert work.refunds.of_payment(payment.uid) == ()
        assert work.refunds.all_open() == ()
        assert work.unmatched.find("s1") is None
        assert work.unmatched.held() == ()
        assert work.disputes.find("d1") is None
        assert work.receipts.last_sequence("D1", "26-27") == 2
        assert work.courses.has_free_seats(course, [])
        assert work.attempts.find("x") is None
        work.attempts.move_order("order_x", "order_y")
        assert work.students.get(view.student_uid) is not None
        work.outbox.revive("o1")
        work.nothing_to_write()
    assert len(PLANS) >= 36
    for sql, plan in PLANS.items():
        assert_indexed(sql, plan)


# --- failures


def test_a_database_of_a_newer_version_is_refused_untouched(tmp_path: Path, template: Path) -> None:
    path = tmp_path / DATABASE
    shutil.copy(template, path)
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(f"PRAGMA user_version = {migrate.SCHEMA + 1}")
    before = path.read_bytes()
    with pytest.raises(errors.DatabaseNewerError):
        open_store(tmp_path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", [b"this is no database at all " * 200, b""])
def test_a_file_that_is_no_database(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / DATABASE
    path.write_bytes(damage)
    if damage:
        with pytest.raises(errors.DatabaseCorruptError):
            open_store(tmp_path)
        assert path.read_bytes() == damage
    else:
        open_store(tmp_path).close()


def test_a_damaged_page_is_found_by_the_check(store: SqlStore, tmp_path: Path) -> None:
    with store.writing() as work:
        students = (make_student(roll_no=f"R{n}", name=f"Student {n}") for n in range(500))
        work.students.upsert_all(students, NOW, iter_uids())
        work.commit()
    assert store.reader.audit.problems() == ()
    copy = tmp_path / "damaged.sqlite3"
    backups.copy_online(store.path, copy)
    data = bytearray(copy.read_bytes())
    for at in range(8_192, len(data) - 4_096, 8_192):
        data[at : at + 64] = os.urandom(64)
    copy.write_bytes(bytes(data))
    with pytest.raises(errors.DatabaseCorruptError):
        backups.inspect(copy, NOW)


def iter_uids() -> Any:
    numbers = iter(range(10**6))
    return lambda: f"u{next(numbers)}"


def test_a_locked_database_says_so_and_nothing_changes(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.writer.lend().execute("PRAGMA busy_timeout = 50")
    store.writer.take_back()
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(errors.DatabaseLockedError), store.writing():
            pass
        other.execute("ROLLBACK")
    with store.writing() as work:
        work.put_setting("centre.name", "Vidya")
        work.commit()


def test_a_full_disk_says_so_and_nothing_changes(store: SqlStore) -> None:
    connection = store.writer.lend()
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    store.writer.take_back()
    with pytest.raises(errors.DiskFullError), store.writing() as work:
        students = (make_student(roll_no=f"R{n}", name=f"Student {n}") for n in range(5_000))
        work.students.upsert_all(students, NOW, iter_uids())
        work.commit()
    assert store.reader.students.page("", 0, 5).total == 0


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
def test_a_folder_that_takes_no_files(tmp_path: Path) -> None:
    folder = tmp_path / "file-not-folder"
    folder.write_text("in the way")
    for wanted in (folder, folder / "below"):
        with pytest.raises(errors.ReadOnlyFolderError):
            open_store(wanted)


def test_a_wrong_roll_number_twice_is_a_duplicate_and_leaves_the_first(roll: SqlStore) -> None:
    with pytest.raises(errors.DuplicateError), roll.writing() as work:
        work.students.add("u99", make_student(roll_no="r001", name="Other"), NOW)
    assert [hit.name for hit in roll.reader.students.exactly("R001", "")] == ["Asha Rao"]


def test_marking_paid_sets_the_state_alone_and_only_from_the_one_given(counter: Counter) -> None:
    uid = shown(counter, Method.QR_CODE).uid
    with counter.context.store.writing() as work:
        seen = work.attempts.get(uid)
        closed = replace(seen, is_remote_open=not seen.is_remote_open)
        work.attempts.save(closed, seen.state)
        assert work.attempts.mark_paid(seen, "pay_1")
        assert not work.attempts.mark_paid(seen, "pay_2")
        assert work.attempts.get(uid) == replace(closed, state=AttemptState.PAID)
        work.commit()
    with closing(sqlite3.connect(counter.context.folder / DATABASE)) as books:
        events = books.execute("SELECT note FROM attempt_events WHERE state = 'paid'").fetchall()
    assert events == [("pay_1",)]


# --- backups


def test_a_backup_is_made_beside_a_writer_opened_and_counted(
    counter: Counter, tmp_path: Path
) -> None:
    counter.payments.begin(counter.student().uid, counter.course().uid, Method.CASH)
    with counter.context.store.writing() as work:
        work.put_setting("centre.name", "not committed yet")
        report = counter.context.store.backup(tmp_path / "out" / "b.sqlite3")
        work.nothing_to_write()
    assert (report.students, report.payments, report.receipts) == (1, 1, 1)
    with closing(sqlite3.connect(report.path)) as raw:
        assert (
            raw.execute("SELECT count(*) FROM settings WHERE key = 'centre.name'").fetchone()[0]
            == 0
        )


def test_restoring_keeps_what_was_there_beside_it(counter: Counter, tmp_path: Path) -> None:
    store = counter.context.store
    assert isinstance(store, SqlStore)
    kept = store.backup(tmp_path / "early.sqlite3")
    assert kept.payments == 0
    counter.payments.begin(counter.student().uid, counter.course().uid, Method.CASH)
    store.close()
    report, replaced = database_restore.restore(kept.path, store.path, NOW, training=False)
    assert (report.students, report.payments) == (0, 0)
    assert replaced is not None
    assert backups.inspect(replaced, NOW).payments == 1


def test_nothing_is_restored_under_an_open_desk(counter: Counter, tmp_path: Path) -> None:
    store = counter.context.store
    assert isinstance(store, SqlStore)
    kept = store.backup(tmp_path / "kept.sqlite3")
    counter.payments.begin(counter.student().uid, counter.course().uid, Method.CASH)
    with pytest.raises(errors.DatabaseLockedError):
        database_restore.restore(kept.path, store.path, NOW, training=False)
    assert len(counter.ledger()["payments"]) == 1


WRITES = """
import sqlite3, sys
book = sqlite3.connect(sys.argv[1], timeout=0.1, isolation_level=None)
book.execute("PRAGMA journal_mode=WAL")
book.execute("BEGIN IMMEDIATE")
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows replaces no open file")
def test_no_program_writes_to_a_database_while_it_is_replaced(
    store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = store.backup(tmp_path / "kept.sqlite3")
    store.close()
    said: list[str] = []

    def write_meanwhile(database: Path, kept: Path) -> None:
        words = [sys.executable, "-c", WRITES, str(database)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        said.append(done.stderr.splitlines()[-1])
        keep(database, kept)

    keep = database_restore._keep
    monkeypatch.setattr(database_restore, "_keep", write_meanwhile)
    database_restore.restore(backup.path, store.path, NOW, training=False)
    assert said == ["sqlite3.OperationalError: database is locked"]


def test_a_damaged_database_can_be_replaced(store: SqlStore, tmp_path: Path) -> None:
    kept = store.backup(tmp_path / "kept.sqlite3")
    store.close()
    store.path.write_bytes(b"damaged beyond repair" * 1_000)
    report, _kept = database_restore.restore(kept.path, store.path, NOW, training=False)
    assert report.students == 0
    assert backups.inspect(store.path, NOW).students == 0


def test_restoring_something_else_changes_nothing(store: SqlStore, tmp_path: Path) -> None:
    for name, data in (("text.txt", b"hello" * 500), ("empty.sqlite3", b"")):
        wrong = tmp_path / name
        wrong.write_bytes(data)
        before = store.path.read_bytes()
        with pytest.raises(errors.StorageError):
            database_restore.restore(wrong, store.path, NOW, training=False)
        assert store.path.read_bytes() == before
    with pytest.raises(errors.StorageError):
        database_restore.restore(tmp_path / "nowhere", store.path, NOW, training=False)


def test_a_file_of_an_older_schema_is_backed_up_before_it_is_changed(
    store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.writing() as work:
        work.put_setting("centre.name", "Vidya")
        work.commit()
    store.close()
    before = migrate.SCHEMA
    monkeypatch.setattr(migrate, "SCHEMA", before + 1)
    migrate.migrate(store.path, tmp_path / "backups", NOW)
    assert migrate.schema_of(store.path) == before + 1
    [kept] = (tmp_path / "backups").iterdir()
    assert "before-upgrade" in kept.name
    assert migrate.schema_of(kept) == before
    with closing(sqlite3.connect(kept)) as raw:
        assert raw.execute("SELECT value FROM settings").fetchone() == ("Vidya",)


def test_two_threads_take_no_receipt_number_twice_and_leave_no_gap(counter: Counter) -> None:
    from concurrent.futures import ThreadPoolExecutor

    course = counter.course(fee=Money(10_000))
    students = [counter.student(f"R{n:03d}", phone=f"90000{n:05d}") for n in range(1, 41)]
    with ThreadPoolExecutor(4) as pool:
        done = list(
            pool.map(lambda s: counter.payments.begin(s.uid, course.uid, Method.CASH), students)
        )
    numbers = sorted(view.receipt_no or "" for view in done)
    assert numbers == [f"D1/26-27/{n:06d}" for n in range(1, 41)]
