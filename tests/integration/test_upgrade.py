"""Upgrade of a database of each older schema, with data."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.audit import (
    DESK,
    FORMAT,
    GENESIS,
    OLD_FORMAT,
    AuditEntry,
    canonical_detail,
    chain_hash,
    first_break,
)
from desktop_app.domain.outbox import CommandKind, CommandState
from desktop_app.storage import migrate
from desktop_app.storage.store import DATABASE, SqlStore, open_store
from tests.clock import TestClock
from tests.proofs.tamper_edits import sql_shell

if TYPE_CHECKING:
    from pathlib import Path

AT = "2026-11-01T09:00:00.000000Z"
SCRIPT = """
INSERT INTO students (id, uid, desk_id, roll_no, name, phone, email, guardian_name,
    guardian_phone, state, phone_reversed, guardian_phone_reversed, created_at, updated_at)
    VALUES (1, 's1', 'D1', 'R1', 'Asha Rao', '', '', '', '', '', '', '', :at, :at);
INSERT INTO courses (uid, desk_id, code, title, batch, fee_paise, gst_bp, tax_inclusive,
    created_at, updated_at) VALUES ('c1', 'D1', 'PHY', 'Physics', '', 500, 0, 0, :at, :at);
INSERT INTO enrollments
    VALUES ('e1', 'D1', 's1', 'c1', 'PHY', 'Physics', 'active', 500, :at, :at);
INSERT INTO dues
    VALUES ('d1', 'D1', 'e1', 1, 'paid', 'Physics', 500, 500, 0, 0, 0, 0, :at);
INSERT INTO attempts (uid, desk_id, due_uid, enrollment_uid, method, chosen_by_auto, state,
    amount_paise, reference, key_id, remote_id, sent, is_remote_open, failure, created_at,
    updated_at)
    SELECT column1, 'D1', 'd1', 'e1', column2, 0, column3, 500, 'ref ' || column1,
           'rzp_test_fake000000001', column4, 1, column5, '', :at, :at
    FROM (VALUES ('a0', 'upi_intent', 'paid', 'pay_1', 0),
                 ('a1', 'qr_code', 'cancelled', 'qr_2', 1),
                 ('a2', 'payment_link', 'expired', 'plink_3', 1),
                 ('a3', 'qr_code', 'expired', 'qr_4', 0));
INSERT INTO payments VALUES ('p1', 'D1', 'a0', 'e1', 's1', 'upi_intent', 'pay_1', NULL, NULL,
    NULL, 500, NULL, NULL, 1, 'no_seat', :at, :at);
INSERT INTO ledger_entries VALUES (1, 'D1', 'm1', :at, 'gateway', 500, 'p1'),
    (2, 'D1', 'm1', :at, 'to_return', -500, 'p1');
INSERT INTO receipt_series VALUES ('D1', '26-27', 1);
INSERT INTO receipts
    VALUES ('q1', 'D1', 'D1/26-27/000001', 'D1', '26-27', 1, 'p1', 500, :at, '{}');
INSERT INTO refunds
    VALUES ('f1', 'D1', 'p1', NULL, 200, 'unknown', 'desk', 'asked', :at, :at);
INSERT INTO late_decisions VALUES ('p1', 'D1', 'enrolled', :at)
"""


SCRIPT_2 = """
INSERT INTO settings VALUES ('desk.id', 'D1'), ('centre.gstin', '');
INSERT INTO capabilities VALUES ('rzp_test_fake000000001', 'qr_code', 1, :at)
"""


def write_old_file(path: Path, revision: int) -> None:
    """Write a file as the first or the second schema left it."""
    migrate.upgrade(path, "0001")
    with closing(sqlite3.connect(path)) as raw:
        for statement in (*SCRIPT.split(";"), *SCRIPT_2.split(";")):
            raw.execute(statement, {"at": AT})
        detail = {"how": "enrolled", "enrollment": "e1"}
        entry = AuditEntry(AT, "D1", "late.settled", "p1", detail)
        raw.execute(
            "INSERT INTO audit_entries VALUES (1, 'D1', ?, ?, ?, ?, ?, ?)",
            (AT, entry.action, entry.subject, canonical_detail(entry), GENESIS,
             chain_hash(GENESIS, entry, version=OLD_FORMAT)),
        )  # fmt: skip
        raw.commit()
    if revision > 1:
        migrate.upgrade(path, f"{revision:04}")


@pytest.fixture(scope="module", params=range(1, migrate.SCHEMA))
def upgraded_folder(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return the folder of a file of each older schema after this program opened it."""
    folder = tmp_path_factory.mktemp("upgraded")
    write_old_file(folder / DATABASE, request.param)
    open_store(folder, TestClock().now).close()
    return folder


@pytest.fixture
def upgraded(upgraded_folder: Path, tmp_path: Path, clock: TestClock) -> SqlStore:
    """Return an upgraded file of each older schema, opened."""
    shutil.copytree(upgraded_folder, tmp_path, dirs_exist_ok=True)
    return open_store(tmp_path, clock.now)


def test_open_resources_become_outbox_commands(upgraded: SqlStore) -> None:
    found = {each.uid: each for each in upgraded.reader.outbox.undelivered()}
    assert {uid: (each.kind, each.remote_id, each.state) for uid, each in found.items()} == {
        "a1": (CommandKind.CLOSE_QR, "qr_2", CommandState.PENDING),
        "a2": (CommandKind.CANCEL_LINK, "plink_3", CommandState.PENDING),
        "f1": (CommandKind.REFUND, "pay_1", CommandState.PENDING),
    }
    upgraded.close()


def test_payments_are_sealed_and_the_chain_continues(upgraded: SqlStore, tmp_path: Path) -> None:
    assert first_break(upgraded.reader.audit.links(), None) is None
    assert upgraded.reader.audit.first_unsealed() is None
    with upgraded.reading() as books:
        payment = books.payments.find("p1")
        assert payment is not None
        assert books.payments.due_paid_by(payment) == "d1", "the decision knows its due"
    upgraded.close()
    assert len(list((tmp_path / "backups").glob("before-upgrade-*"))) == 1
    with closing(sqlite3.connect(tmp_path / DATABASE)) as raw:
        raw.execute("DROP TRIGGER payments_no_update")
        raw.execute("UPDATE payments SET amount_paise = 400")
        raw.commit()
    again = open_store(tmp_path)
    assert again.reader.audit.first_unsealed() == "a row of payments was changed or removed"
    again.close()


def test_decisions_are_numbered_and_entries_continue_in_the_new_format(upgraded: SqlStore) -> None:
    with upgraded.readers.reading() as reading:
        [decision] = reading.execute("SELECT * FROM late_decisions").all()
    assert (decision.payment_uid, decision.number, decision.due_uid) == ("p1", 1, "d1")
    links = list(upgraded.reader.audit.links())
    assert links[0].format == OLD_FORMAT
    assert links[-1].format == FORMAT
    assert {link.entry.actor for link in links} == {DESK}
    assert upgraded.reader.audit.altered_schema() is None
    upgraded.close()


EDITS = {
    "UPDATE courses SET fee_paise = 100": "courses",
    "UPDATE students SET name = 'Somebody Else'": "students",
    "UPDATE settings SET value = '08ABCDE1234F1Z0' WHERE key = 'centre.gstin'": "settings",
    "UPDATE capabilities SET is_available = 0": "capabilities",
    "UPDATE late_decisions SET number = 2": "late_decisions",
}


def test_what_was_there_before_the_upgrade_is_sealed_by_it(
    upgraded_folder: Path, tmp_path: Path
) -> None:
    said = {}
    for at, edit in enumerate(EDITS):
        path = tmp_path / f"{at}-{DATABASE}"
        shutil.copyfile(upgraded_folder / DATABASE, path)
        with sql_shell(path) as raw:
            raw.execute(edit)
        again = SqlStore(path)
        said[edit] = again.reader.audit.first_unsealed()
        again.close()
    assert said == {
        edit: f"a row of {table} was changed or removed" for edit, table in EDITS.items()
    }


def test_the_upgrade_does_not_seal_an_edit_made_before_it(tmp_path: Path) -> None:
    write_old_file(tmp_path / DATABASE, 2)
    with sql_shell(tmp_path / DATABASE) as raw:
        raw.execute("UPDATE late_decisions SET decision = 'put against another due'")
    store = open_store(tmp_path)
    assert store.reader.audit.first_unsealed() == "a row of late_decisions was changed or removed"
    store.close()


ODD_DUE = """
    INSERT INTO dues (uid, desk_id, enrollment_uid, sequence, state, label, amount_paise,
        taxable_paise, cgst_paise, sgst_paise, gst_bp, registered, created_at)
    SELECT 'd2', desk_id, enrollment_uid, 2, 'odd', label, 0, 0, 0, 0, 0, 0, created_at FROM dues
"""


STATEMENTS = (
    "UPDATE attempts SET state = 'fees_paid'",
    "UPDATE enrollments SET state = 'fees_paid'",
    "UPDATE dues SET state = 'fees_paid'",
    "UPDATE refunds SET state = 'done'",
    "UPDATE errands SET state = 'lost'",
    "UPDATE payments SET mode = 'odd'",
    ODD_DUE,
)


def test_a_state_that_is_not_in_its_list_is_not_stored(upgraded: SqlStore, tmp_path: Path) -> None:
    upgraded.close()
    with closing(sqlite3.connect(tmp_path / DATABASE)) as raw:
        for statement in STATEMENTS:
            with pytest.raises(sqlite3.IntegrityError, match="has no such value"):
                raw.execute(statement)
