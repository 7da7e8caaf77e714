"""Between rows and the domain's dataclasses. No SQL, no rules."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from desktop_app.domain.courses import Course
from desktop_app.domain.enrollment import DueState, EnrollmentState
from desktop_app.domain.fees import Quote, Tax
from desktop_app.domain.money import Money
from desktop_app.domain.outbox import CommandKind, CommandState
from desktop_app.domain.payment import Attempt, AttemptState, Method, Placement
from desktop_app.domain.refund import RefundState
from desktop_app.domain.students import Student
from desktop_app.services.ports.records import (
    DueRecord,
    EnrollmentRecord,
    OutboxCommand,
    PaymentRecord,
    RefundRecord,
)

if TYPE_CHECKING:
    from sqlalchemy import Row


def instant(at: datetime) -> str:
    """Write an aware instant as UTC text of fixed width, so that text sorts like time."""
    return f"{at.astimezone(UTC).isoformat(timespec='microseconds')[:26]}Z"


def read_instant(text: str) -> datetime:
    """Read what `instant` wrote."""
    return datetime.fromisoformat(text)


def maybe_instant(text: str | None) -> datetime | None:
    """Read an instant that may be missing."""
    return None if text is None else read_instant(text)


def student_values(student: Student) -> dict[str, str | None]:
    """Columns of a student."""
    return {
        "roll_no": student.roll_no,
        "name": student.name,
        "phone": student.phone,
        "email": student.email,
        "guardian_name": student.guardian_name,
        "guardian_phone": student.guardian_phone,
        "date_of_birth": student.date_of_birth.isoformat() if student.date_of_birth else None,
        "state": student.state,
        "phone_reversed": student.phone[::-1],
        "guardian_phone_reversed": student.guardian_phone[::-1],
    }


def student_of(row: Row[Any]) -> Student:
    """A student of a row."""
    return Student(
        roll_no=row.roll_no,
        name=row.name,
        phone=row.phone,
        email=row.email,
        guardian_name=row.guardian_name,
        guardian_phone=row.guardian_phone,
        date_of_birth=date.fromisoformat(row.date_of_birth) if row.date_of_birth else None,
        state=row.state,
    )


def course_values(course: Course) -> dict[str, str | int | None]:
    """Columns of a course."""
    return {
        "code": course.code,
        "title": course.title,
        "batch": course.batch,
        "fee_paise": course.fee.paise,
        "gst_bp": course.gst_bp,
        "tax_inclusive": int(course.tax_inclusive),
        "seats": course.seats,
        "starts_on": course.starts_on.isoformat() if course.starts_on else None,
    }


def course_of(row: Row[Any]) -> Course:
    """A course of a row."""
    return Course(
        code=row.code,
        title=row.title,
        batch=row.batch,
        fee=Money(row.fee_paise),
        gst_bp=row.gst_bp,
        tax_inclusive=bool(row.tax_inclusive),
        seats=row.seats,
        starts_on=date.fromisoformat(row.starts_on) if row.starts_on else None,
    )


def enrollment_of(row: Row[Any]) -> EnrollmentRecord:
    """An enrolment of a row."""
    return EnrollmentRecord(
        uid=row.uid,
        student_uid=row.student_uid,
        course_uid=row.course_uid,
        course_code=row.course_code,
        course_label=row.course_label,
        state=EnrollmentState(row.state),
        amount=Money(row.amount_paise),
        created_at=read_instant(row.created_at),
    )


def due_of(row: Row[Any]) -> DueRecord:
    """A due of a row."""
    tax = Tax(
        taxable=Money(row.taxable_paise),
        cgst=Money(row.cgst_paise),
        sgst=Money(row.sgst_paise),
        rate_bp=row.gst_bp,
    )
    return DueRecord(
        uid=row.uid,
        enrollment_uid=row.enrollment_uid,
        state=DueState(row.state),
        quote=Quote(row.label, tax, registered=bool(row.registered)),
    )


CHANGING = (
    "method", "chosen_by_auto", "state", "order_id", "remote_id", "qr_text", "image_path",
    "gateway_created_at", "expires_at", "sent", "is_remote_open",
)  # fmt: skip
"""Columns of an attempt that may change; the others are written once."""


def attempt_values(attempt: Attempt) -> dict[str, str | int | None]:
    """Every column of an attempt."""
    return {
        "uid": attempt.uid,
        "due_uid": attempt.due_uid,
        "enrollment_uid": attempt.enrollment_uid,
        "amount_paise": attempt.amount.paise,
        "reference": attempt.reference,
        "key_id": attempt.key_id,
        "created_at": instant(attempt.created_at),
        **attempt_changes(attempt),
    }


def attempt_changes(attempt: Attempt) -> dict[str, str | int | None]:
    """The columns of an attempt named in `CHANGING`."""
    return {
        "method": attempt.method.value,
        "chosen_by_auto": int(attempt.chosen_by_auto),
        "state": attempt.state.value,
        "order_id": attempt.order_id,
        "remote_id": attempt.remote_id,
        "qr_text": attempt.qr_text,
        "image_path": attempt.image_path,
        "gateway_created_at": attempt.gateway_created_at,
        "expires_at": instant(attempt.expires_at) if attempt.expires_at else None,
        "sent": int(attempt.sent),
        "is_remote_open": int(attempt.is_remote_open),
    }


def attempt_of(row: Row[Any]) -> Attempt:
    """An attempt of a row that carries its order's receipt as `order_receipt`."""
    return Attempt(
        uid=row.uid,
        enrollment_uid=row.enrollment_uid,
        due_uid=row.due_uid,
        method=Method(row.method),
        state=AttemptState(row.state),
        amount=Money(row.amount_paise),
        reference=row.reference,
        key_id=row.key_id,
        created_at=read_instant(row.created_at),
        order_id=row.order_id,
        order_receipt=row.order_receipt,
        remote_id=row.remote_id,
        qr_text=row.qr_text,
        image_path=row.image_path,
        gateway_created_at=row.gateway_created_at,
        expires_at=maybe_instant(row.expires_at),
        sent=bool(row.sent),
        is_remote_open=bool(row.is_remote_open),
        chosen_by_auto=bool(row.chosen_by_auto),
    )


def payment_of(row: Row[Any]) -> PaymentRecord:
    """A payment of a row."""
    return PaymentRecord(
        uid=row.uid,
        attempt_uid=row.attempt_uid,
        enrollment_uid=row.enrollment_uid,
        student_uid=row.student_uid,
        method=Method(row.method),
        amount=Money(row.amount_paise),
        received_at=read_instant(row.received_at),
        is_late=bool(row.is_late),
        placement=Placement(row.placement),
        payment_id=row.payment_id,
        order_id=row.order_id,
        rrn=row.rrn,
        vpa_masked=row.vpa_masked,
        fee_paise=row.fee_paise,
        tax_paise=row.tax_paise,
    )


def refund_of(row: Row[Any]) -> RefundRecord:
    """A refund of a row."""
    return RefundRecord(
        uid=row.uid,
        payment_uid=row.payment_uid,
        amount=Money(row.amount_paise),
        state=RefundState(row.state),
        origin=row.origin,
        reason=row.reason,
        noticed_at=read_instant(row.noticed_at),
        refund_id=row.refund_id,
    )


def errand_of(row: Any) -> OutboxCommand:
    """An errand of a row."""
    return OutboxCommand(
        uid=row.uid,
        kind=CommandKind(row.kind),
        state=CommandState(row.state),
        remote_id=row.remote_id,
        key_id=row.key_id,
        tries=row.tries,
        due_at=read_instant(row.due_at),
        problem=row.problem,
        created_at=read_instant(row.created_at),
        touched_at=read_instant(row.updated_at),
    )
