"""A single-use QR code of a fixed amount."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.payment import GatewaySnapshot, Method
from desktop_app.services.payments.channels.base import (
    CLOSED,
    ClosableChannel,
    Origin,
    Resource,
    check_amount,
    first_problem,
    notes_of,
    where_there_is,
)
from desktop_app.services.payments.create_once import Recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from desktop_app.domain.payment import Attempt, PaymentFact
    from desktop_app.services.ports.gateway import PaymentGateway, QrFact

LOOK_BACK_S = 300
_OPEN = "active"


class QrCodeChannel(ClosableChannel):
    """Shows a QR code that the gateway drew, or its text."""

    method = Method.QR_CODE

    def open(self, attempt: Attempt, look: Callable[[Attempt], None], *, is_new: bool) -> None:
        """Create the code and store its text, or its picture where it comes without text."""
        del look
        close_by = self._gateway_time(attempt, is_new=is_new) + self._context.settings().expiry_s
        made = self._creator.once(attempt, self._recipe(attempt, close_by), is_new=is_new)
        attempt = self._attempts.load(attempt.uid)
        picture = self._picture(attempt, made)
        self._attempts.awaiting(
            attempt,
            remote_id=made.qr_id,
            qr_text=made.image_content,
            image_path=str(picture) if picture else None,
            created_at=made.created_at,
            expires_at=made.close_by or close_by,
            is_remote_open=True,
        )

    def _picture(self, attempt: Attempt, made: QrFact) -> Path | None:
        """Save the picture of a code without text. Raises OutcomeUnknownError for a wrong text."""
        url = made.image_url
        if made.image_content is not None:
            check_amount(made.image_content, attempt)
        elif url:
            path = self._context.folder / "qr" / f"{attempt.uid}.png"
            return self._creator.patiently(lambda: self._context.gateway().save_image(url, path))
        return None

    def _recipe(self, attempt: Attempt, close_by: int) -> Recipe[QrFact]:
        gateway = self._context.gateway()
        return Recipe(
            create=lambda: gateway.create_qr(
                reference=attempt.reference,
                amount=attempt.amount,
                name="Fee",
                description=self._attempts.label(attempt),
                close_by=close_by,
                notes=notes_of(self._context, attempt),
            ),
            find=lambda: _search(gateway, attempt),
            fits=lambda made: (
                (made.reference, made.amount_paise) == (attempt.reference, attempt.amount.paise)
            ),
        )

    def find(self, attempt: Attempt) -> Resource | None:
        """Find the code of a lost answer."""
        code = _search(self._context.gateway(), attempt)
        return None if code is None else Resource(code.created_at, remote_id=code.qr_id)

    def fetch(self, attempt: Attempt, *, asked: bool) -> GatewaySnapshot:
        """Read the code; a single-use code that was paid closes itself."""
        code, payments = self._context.gateway().fetch_qr(attempt.remote_id or "", asked=asked)
        return GatewaySnapshot(
            header_problem=first_problem(
                (code.qr_id == attempt.remote_id, "another QR code was shown"),
                (code.reference == attempt.reference, "the QR code has another reference"),
                (code.amount_paise == attempt.amount.paise, "the QR code is for another amount"),
            ),
            is_settled=code.close_reason == "paid" or any(each.captured for each in payments),
            is_closed=code.status == "closed",
            payments=payments,
        )

    def ended(self, attempts: Sequence[Attempt], since: int) -> frozenset[str]:
        """Read the list of codes: one that is paid closes itself."""
        mine = {each.remote_id: each.uid for each in attempts}
        shown = self._context.gateway().codes_since(since)
        return frozenset(
            mine[each.qr_id]
            for each in shown
            if each and each.qr_id in mine and each.status != _OPEN
        )

    def trace(self, payment: PaymentFact) -> Origin | None:
        """Find the code by the payment."""
        code = where_there_is(self._context.gateway().qr_of_payment, payment)
        if code is None:
            return None
        return Origin(
            method=self.method,
            reference=code.reference or "",
            order_id=None,
            remote_id=code.qr_id,
            amount_paise=code.amount_paise or 0,
            created_at=code.created_at,
            notes=code.notes or {},
        )

    def close(self, remote_id: str) -> None:
        """Close the code; money may still land on it afterwards."""
        self._context.gateway().close_qr(remote_id)

    def is_closed(self, remote_id: str) -> bool:
        """Read the code's status."""
        return self._context.gateway().fetch_qr(remote_id, asked=True)[0].status in CLOSED


def _search(gateway: PaymentGateway, attempt: Attempt) -> QrFact | None:
    """Find a code by the reference in its notes, among those created since shortly before."""
    since = gateway.now()
    made_at = int(attempt.created_at.timestamp())
    floor = None if since is None else min(since, made_at) - LOOK_BACK_S
    return gateway.find_qr(attempt.reference, floor)
