"""Reads and writes of attempts while they become payable; each write is one short transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from desktop_app.domain.payment import LIVE_STATES, AttemptState
from desktop_app.services.identity.book import reference_of
from desktop_app.services.ports.gateway import Payer

if TYPE_CHECKING:
    from desktop_app.domain.payment import Attempt
    from desktop_app.services.context import Context

NOBODY = "void@razorpay.com"
"""Razorpay's own samples use this address where a payer gave none."""


class AttemptStore:
    """Attempts, for the code that makes them payable."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def load(self, uid: str) -> Attempt:
        """Return an attempt as stored."""
        return self._context.store.reader.attempts.get(uid)[0]

    def awaiting(
        self,
        attempt: Attempt,
        *,
        remote_id: str,
        qr_text: str | None,
        created_at: int,
        expires_at: int,
        is_remote_open: bool,
        image_path: str | None = None,
    ) -> None:
        """Store an attempt as payable from now on, and its channel as working.

        One that another window ended while its code was made is never shown: the code is stored
        with it, and so is the command that closes it.
        """
        made = replace(
            attempt,
            remote_id=remote_id,
            qr_text=qr_text,
            image_path=image_path,
            gateway_created_at=created_at,
            expires_at=datetime.fromtimestamp(expires_at, UTC),
            is_remote_open=is_remote_open,
        )
        with self._context.store.writing() as work:
            now = work.attempts.get(attempt.uid).state
            is_live = now in LIVE_STATES
            work.attempts.save(replace(made, state=AttemptState.AWAITING if is_live else now), now)
            if work.capability(attempt.key_id, attempt.method.value) is not True:
                work.put_capability(
                    attempt.key_id, attempt.method.value, self._context.now(), available=True
                )
            action = "attempt.shown" if is_live else "attempt.made_too_late"
            self._context.audit(work, action, attempt.uid, {"amount": attempt.amount.paise})
            work.commit()

    def save(self, changed: Attempt, before: Attempt, note: str = "") -> Attempt:
        """Store a change if the state is still that of `before`; return the change."""
        with self._context.store.writing() as work:
            work.attempts.save(changed, before.state, note)
            work.commit()
        return changed

    def idle_s(self, uid: str) -> float:
        """Return the seconds since an attempt was last written."""
        with self._context.store.reading() as books:
            touched_at = books.attempts.updated_at(uid)
        return (self._context.now() - touched_at).total_seconds()

    def renew(self, uid: str, note: str = "not found") -> Attempt:
        """Continue under a fresh reference; what may exist under the old one stays watched."""
        fresh_uid = self._context.ids.new()
        with self._context.store.writing() as work:
            now = work.attempts.get(uid)
            if not now.is_live:
                work.nothing_to_write()
                return now
            work.attempts.save(replace(now, state=AttemptState.CANCELLED), now.state, note)
            fresh = replace(
                now,
                uid=fresh_uid,
                state=AttemptState.INTENT,
                reference=reference_of(self._context, work, fresh_uid),
                key_id=self._context.gateway().key_id,
                created_at=self._context.now(),
                order_id=None,
                order_receipt=None,
                gateway_created_at=None,
            )
            work.attempts.add(fresh, "begun anew")
            self._context.audit(work, "attempt.renewed", fresh.uid, {"before": uid})
            work.commit()
        return fresh

    def give_up(self, uid: str, note: str) -> None:
        """Cancel a live attempt."""
        attempt = self.load(uid)
        if attempt.is_live:
            self.save(replace(attempt, state=AttemptState.CANCELLED), attempt, note)

    def remember(self, attempt: Attempt, *, available: bool) -> None:
        """Remember whether the account has the attempt's channel."""
        with self._context.store.writing() as work:
            work.put_capability(
                attempt.key_id, attempt.method.value, self._context.now(), available=available
            )
            work.commit()

    def payer(self, attempt: Attempt) -> Payer:
        """Return the payer for UPI calls: the guardian's phone, else the student's."""
        with self._context.store.reading() as work:
            due = work.enrollments.due(attempt.parts[0].due_uid)
            enrollment = work.enrollments.get(due.enrollment_uid)
            student = work.students.get(enrollment.student_uid)
            centre_email = work.setting("centre.email") or ""
        if student is None:
            return Payer("", centre_email or NOBODY)
        phone = student.guardian_phone or student.phone
        return Payer(f"+91{phone}" if phone else "", student.email or centre_email or NOBODY)

    def label(self, attempt: Attempt) -> str:
        """Return the description for the payer's app: the course, never a name."""
        _uid, _name, roll_no, label = self._context.store.reader.attempts.names_of(attempt.uid)
        plain = "".join(
            letter for letter in f"Fee {label} {roll_no}" if letter.isalnum() or letter in " .-/"
        )
        return " ".join(plain.split())[:80]
