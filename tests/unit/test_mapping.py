"""Records and rows: each field is a column of its table, and comes back as it was written."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.domain.courses import Course
from desktop_app.domain.enrollment import DueChangeKind, DueState, EnrollmentState
from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.money import Money
from desktop_app.domain.outbox import CommandKind, CommandState
from desktop_app.domain.payment import Attempt, AttemptState, Method, Placement
from desktop_app.domain.refund import RefundState
from desktop_app.domain.students import Student
from desktop_app.domain.tender import Verification
from desktop_app.services.ports import records
from desktop_app.storage.mapping import columns_of, record_of
from desktop_app.storage.schema import metadata

if TYPE_CHECKING:
    from collections.abc import Mapping

VALUES: Mapping[str, Any] = {
    "str": "text",
    "int": 7,
    "bool": True,
    "Money": Money(1_180_000),
    "date": date(2010, 5, 1),
    "datetime": datetime(2026, 11, 20, 9, 0, 0, 1, tzinfo=UTC),
    "AttemptState": AttemptState.AWAITING,
    "CommandKind": CommandKind.REFUND,
    "CommandState": CommandState.SENDING,
    "DueState": DueState.OPEN,
    "EnrollmentState": EnrollmentState.PENDING,
    "Method": Method.QR_CODE,
    "Placement": Placement.NO_SEAT,
    "RefundState": RefundState.PENDING,
    "MoneyMode": MoneyMode.TEST,
    "Verification": Verification.COUNTED,
    "DueChangeKind": DueChangeKind.REPRICE,
}
TABLES: Mapping[type[Any], str] = {
    Student: "students",
    Course: "courses",
    Attempt: "attempts",
    records.EnrollmentRecord: "enrollments",
    records.DueRecord: "dues",
    records.PaymentRecord: "payments",
    records.RefundRecord: "refunds",
    records.AllocationRecord: "allocations",
    records.DueChange: "due_changes",
    records.ReceiptRecord: "receipts",
    records.OutboxCommand: "errands",
    records.DisputeRecord: "disputes",
    records.UnmatchedRecord: "strays",
}
ELSEWHERE = {
    "quote", "tax", "order_receipt", "dues", "paid", "asked", "off", "payable_on", "late_rule",
    "settled",
}  # fmt: skip
"""Taxes are several columns; the rest are in rows of orders, dues, balances and terms."""


BALANCES = {"paid_paise", "asked_paise", "off_paise"}


def example(kind: type[Any], *, empty: bool) -> Any:
    """Return a record with every field set, or with None where a field allows it."""
    given = {}
    for field in fields(kind):
        name = str(field.type).removesuffix(" | None")
        given[field.name] = None if empty and name != field.type else VALUES.get(name)
    return kind(**given)


def row_of(**columns: Any) -> Any:
    """Return a row as a query returns it."""
    return namedtuple("Row", columns)(**columns)


@pytest.mark.parametrize("kind", TABLES, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("empty", [False, True])
def test_a_record_comes_back_as_it_was_written(kind: type[Any], empty: bool) -> None:
    record = example(kind, empty=empty)
    columns = columns_of(record)
    assert {type(value) for value in columns.values()} <= {int, str, type(None)}
    given = {
        field.name: getattr(record, field.name)
        for field in fields(kind)
        if field.name in {"quote", "tax", "dues"}
    }
    assert record_of(kind, row_of(**columns), **given) == record


@pytest.mark.parametrize(("kind", "table"), TABLES.items(), ids=TABLES.values())
def test_every_field_is_a_column_of_its_table(kind: type[Any], table: str) -> None:
    columns = columns_of(example(kind, empty=False)).keys() - ELSEWHERE - BALANCES
    assert columns <= set(metadata.tables[table].columns.keys())
    assert len(columns) == len({field.name for field in fields(kind)} - ELSEWHERE)


@dataclass(frozen=True)
class Awkward:
    """A record whose fields are named as what reads them might be."""

    kind: object
    row: object
    record: str
    day: date
    instant: datetime
    v: Money | None


def test_a_field_may_have_any_name() -> None:
    record = Awkward(1, 2, "three", VALUES["date"], VALUES["datetime"], None)
    row = row_of(**columns_of(record))
    assert record_of(Awkward, row, kind=1, row=2) == record


def test_fields_that_are_given_are_not_read() -> None:
    row = row_of(roll_no="R1", name="Asha")
    given = {"email": "", "guardian_name": "", "guardian_phone": "", "date_of_birth": None}
    found = record_of(Student, row, phone="2345", state="KA", **given)
    assert found == Student("R1", "Asha", phone="2345", state="KA")
