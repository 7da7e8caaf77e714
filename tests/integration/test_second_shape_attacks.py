"""Attacks on the money: what edits the file, and what comes in an order that nobody planned."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.services.maintenance.audit_verification import AuditVerifier
from desktop_app.storage.store import DATABASE
from tests.integration.test_several_dues import BOOKS, OTHER, TUITION, Cart, cart
from tests.proofs.tamper_edits import sql_shell

if TYPE_CHECKING:
    from tests.integration.conftest import Counter

__all__ = ["cart"]

NEW_TABLES = (
    "allocations", "receipt_lines", "movements", "attempt_dues", "due_changes", "due_balances",
    "dues", "payments", "receipts", "families", "ledger_entries",
)  # fmt: skip

def columns(counter: Counter) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(counter.context.folder / DATABASE)) as raw:
        return [
            (table, row[1], row[2])
            for table in NEW_TABLES
            for row in raw.execute(f"PRAGMA table_info({table})")
        ] + [("students", "family_uid", "TEXT")]


def found(counter: Counter) -> str:
    """Return what verification or the recomputation of the doctor reports."""
    differences = ", ".join(counter.context.store.reader.balances.differences())
    return AuditVerifier(counter.context).verify() or differences


def other_value(kind: str, name: str, now: Any) -> Any:
    if kind == "INTEGER":
        return 1 - now if now in (0, 1) else (now or 0) + 1
    lists = {
        "mode": "test", "verification": "verified" if now != "verified" else "counted",
        "placement": "surplus", "method": "qr_code" if now != "qr_code" else "cash",
    }  # fmt: skip
    return lists.get(name, f"{now or ''}x")


def filled(counter: Counter, cart: Cart) -> None:
    """Write rows into every table: a cart in cash and one at the gateway, a refund, a misfit."""
    cart.begin(Method.CASH, {cart.rohan: Money(500_000)})
    counter.pay(cart.shown(asked={cart.asha: None, cart.books: None}))
    counter.polling.run()
    payment = counter.ledger()["payments"][-1]
    counter.desk.refunds.refund(str(payment["payment_id"] or payment["id"]), Money(100), "less")


def test_an_edit_of_any_column_is_found(counter: Counter, cart: Cart) -> None:
    filled(counter, cart)
    assert found(counter) == ""
    unseen = []
    for table, name, kind in columns(counter):
        with sql_shell(counter.context.folder / DATABASE) as raw:
            raw.execute("PRAGMA ignore_check_constraints=ON")
            at, was = raw.execute(
                f"SELECT rowid, {name} FROM {table} ORDER BY rowid LIMIT 1"
            ).fetchone()
            value = other_value(kind, name, was)
            raw.execute(f"UPDATE {table} SET {name} = ? WHERE rowid = ?", (value, at))
            row = value if kind == "INTEGER" and name == "id" else at
        if not found(counter):
            unseen.append(f"{table}.{name}")
        with sql_shell(counter.context.folder / DATABASE) as raw:
            raw.execute("PRAGMA ignore_check_constraints=ON")
            raw.execute(f"UPDATE {table} SET {name} = ? WHERE rowid = ?", (was, row))
        assert found(counter) == "", f"{table}.{name} is back"
    assert unseen == []
