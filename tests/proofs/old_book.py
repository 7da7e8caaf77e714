"""A book as the first schema left it, with a number of fees of every fate."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from desktop_app.storage import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AT = "2026-11-01T09:00:00.000000Z"
FEE, TAXABLE, CGST, SGST = 10_001, 8_475, 763, 763
FATES = (
    "paid", "cash", "test_key", "partly_refunded", "refunded", "refund_failed", "held", "decided",
    "returned", "pending",
)  # fmt: skip
STATES = {
    "refunded": ("cancelled", "cancelled"),
    "held": ("pending", "open"),
    "returned": ("pending", "open"),
    "pending": ("pending", "open"),
}
"""The states of enrolment and due where the fee is not simply paid."""
PLACEMENTS = {"held": "no_seat", "decided": "no_seat", "returned": "returned"}
REFUNDS = {
    "partly_refunded": (3_333, "processed"),
    "refunded": (FEE, "processed"),
    "refund_failed": (FEE, "failed"),
    "returned": (FEE, "processed"),
}


def write(path: Path, count: int, revision: int) -> None:
    """Write a file of the first schema, upgraded to a later one where that is asked."""
    migrate.upgrade(path, "0001")
    with closing(sqlite3.connect(path)) as book:
        book.execute("PRAGMA synchronous=OFF")
        book.executemany("INSERT INTO settings VALUES (?, ?)", [("desk.id", "D1")])
        for table, rows in _tables(count).items():
            first = next(rows)
            sql = f"INSERT INTO {table} VALUES ({', '.join('?' * len(first))})"
            book.execute(sql, first)
            book.executemany(sql, rows)
        book.commit()
    if revision > 1:
        migrate.upgrade(path, f"{revision:04}")


def _tables(count: int) -> dict[str, Iterator[tuple[object, ...]]]:
    numbers = range(count)
    paid = [each for each in numbers if fate_of(each) != "pending"]
    return {
        "students": map(_student, numbers),
        "courses": iter(
            [("c", "D1", "PHY", "Physics", "", FEE, 1800, 1, None, None, None, AT, AT)]
        ),
        "enrollments": map(_enrollment, numbers),
        "dues": map(_due, numbers),
        "orders": (
            (f"order_{n}", "D1", f"ref {n}", f"d{n}", _key(n), FEE, 1, AT)
            for n in numbers
            if fate_of(n) != "cash"
        ),
        "attempts": map(_attempt, numbers),
        "payments": map(_payment, paid),
        "ledger_entries": _entries(paid),
        "receipts": (
            (f"q{n}", "D1", f"D1/26-27/{n + 1:06d}", "D1", "26-27", n + 1, f"p{n}", FEE, AT,
             f'{{"number": {n}, "placement": "due"}}')
            for n in paid if fate_of(n) != "returned"
        ),
        "receipt_series": iter([("D1", "26-27", count)]),
        "refunds": (
            (f"f{n}", "D1", f"p{n}", f"rfnd_{n}", *REFUNDS[fate_of(n)], "desk", "asked", AT, AT)
            for n in paid if fate_of(n) in REFUNDS
        ),
        "late_decisions": (
            (f"p{n}", "D1", "enrolled", AT) for n in paid if fate_of(n) == "decided"
        ),
        "audit_entries": iter(()) if not paid else _settled(paid),
    }  # fmt: skip


def fate_of(number: int) -> str:
    """Return the fate of a fee."""
    return FATES[number % len(FATES)]


def _key(number: int) -> str:
    return {"cash": "", "test_key": "rzp_test_old0000000001"}.get(
        fate_of(number), "rzp_live_old0000000001"
    )


def _student(number: int) -> tuple[object, ...]:
    phone = f"98{number // 3:08d}"  # three children a family
    return (
        number + 1, f"s{number}", "D1", f"R{number:05d}", f"Asha {number}", "", "", "Ravi Rao",
        phone, None, "RJ", "", phone[::-1], None, AT, AT,
    )  # fmt: skip


def _enrollment(number: int) -> tuple[object, ...]:
    state = STATES.get(fate_of(number), ("active", "paid"))[0]
    return (f"e{number}", "D1", f"s{number}", "c", "PHY", "Physics", state, FEE, AT, AT)


def _due(number: int) -> tuple[object, ...]:
    state = STATES.get(fate_of(number), ("active", "paid"))[1]
    tax = (TAXABLE, CGST, SGST, 1800)
    return (f"d{number}", "D1", f"e{number}", 1, state, "Physics", FEE, *tax, 1, AT)


def _attempt(number: int) -> tuple[object, ...]:
    fate = fate_of(number)
    state = {"pending": "awaiting", "held": "paid"}.get(fate, "paid")
    is_cash = fate == "cash"
    return (
        f"a{number}", "D1", f"d{number}", f"e{number}", "cash" if is_cash else "upi_intent", 0,
        state, FEE, f"ref {number}", _key(number), None if is_cash else f"order_{number}", None,
        None, None, None if is_cash else 1, None, int(not is_cash), 0, "", AT, AT,
    )  # fmt: skip


def _payment(number: int) -> tuple[object, ...]:
    fate = fate_of(number)
    is_cash = fate == "cash"
    return (
        f"p{number}", "D1", f"a{number}", f"e{number}", f"s{number}",
        "cash" if is_cash else "upi_intent", None if is_cash else f"pay_{number}",
        None if is_cash else f"order_{number}", None, None, FEE, None, None,
        int(fate in PLACEMENTS), PLACEMENTS.get(fate, "due"), AT, AT,
    )  # fmt: skip


def _entries(paid: list[int]) -> Iterator[tuple[object, ...]]:
    at = 0
    for number in paid:
        fate = fate_of(number)
        into = "cash" if fate == "cash" else "gateway"
        owed = "to_return" if fate in PLACEMENTS else "fees"
        moves = [((into, FEE), (owed, -FEE))]
        if fate == "decided":
            moves.append((("to_return", FEE), ("fees", -FEE)))
        if fate in REFUNDS:
            amount, state = REFUNDS[fate]
            moves.append(((owed, amount), (into, -amount)))
            if state == "failed":
                moves.append(((owed, -amount), (into, amount)))
        for order, entries in enumerate(moves):
            for account, paise in entries:
                at += 1
                yield at, "D1", f"m{number}-{order}", AT, account, paise, f"p{number}"


def _settled(paid: list[int]) -> Iterator[tuple[object, ...]]:
    """Yield the entries by which the second schema learns the due of a decision."""
    from desktop_app.domain.audit import (
        GENESIS,
        OLD_FORMAT,
        AuditEntry,
        canonical_detail,
        chain_hash,
    )

    previous = GENESIS
    decided = [each for each in paid if fate_of(each) == "decided"]
    for at, number in enumerate(decided, 1):
        detail = {"how": "enrolled", "enrollment": f"e{number}"}
        entry = AuditEntry(AT, "D1", "late.settled", f"p{number}", detail)
        linked = chain_hash(previous, entry, version=OLD_FORMAT)
        yield (
            at, "D1", AT, entry.action, entry.subject, canonical_detail(entry), previous, linked,
        )  # fmt: skip
        previous = linked
