"""What a browser gets: the picture of a QR code, and the page of a payment link.

Needs no script and no key. The page's buttons play the parent's bank; nothing here may show what
only the merchant knows. Pages of other sites are refused by the same check as the control plane.
"""

from __future__ import annotations

import hashlib
import hmac
import io
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Response, redirect, render_template_string, request

from ..errors import ControlError  # noqa: TID252 - one package, two rooms
from ..phone import Phone, read_tap  # noqa: TID252
from ..upi import FAILURES, LINK_PATH, PAYEE_NAME, PICTURE_PATH, qr_text  # noqa: TID252

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from ..context import Box  # noqa: TID252
    from ..entities import Payment, PaymentLink  # noqa: TID252
    from ..timers import Timers  # noqa: TID252

MAX_TYPED = 12
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'"


class Pages:
    """The pages of one sandbox."""

    def __init__(self, box: Box, timers: Timers, check_own: Callable[[], None]) -> None:
        self._box = box
        self._timers = timers
        self._check_own = check_own
        self._phone = Phone(box)

    def register(self, app: Flask) -> None:
        """Add the pages to the application."""
        app.add_url_rule(f"{PICTURE_PATH}<code>", "picture", self.picture)
        app.add_url_rule(f"{LINK_PATH}<code>", "link", self.link)
        app.add_url_rule(f"{LINK_PATH}<code>/pay", "pay_link", self.pay, methods=["POST"])

    def picture(self, code: str) -> Response:
        """Give a QR code's PNG, as `image_url` promises."""
        with self._box.store.lock:
            qr = self._box.store.qr_codes.get(f"qr_{code}")
        if qr is None:
            return _missing()
        return Response(_png(qr_text(qr)), content_type="image/png")

    def link(self, code: str) -> Response:
        """Show a link's page; opening it makes its order."""
        with self._box.store.lock:
            self._timers.settle()
            link = self._box.store.links.get(f"plink_{code}")
            if link is None:
                return _missing()
            with self._box.store.transaction():
                if link.status in ("created", "partially_paid"):
                    self._box.lifecycle.open_link(link, self._box.now())
            return self._page(link, self._latest(link))

    def pay(self, code: str) -> Response:
        """Do what the parent pressed, and show what came of it."""
        self._check_own()
        with self._box.store.lock:
            self._timers.settle()
            link = self._box.store.links.get(f"plink_{code}")
            if link is None:
                return _missing()
            try:
                with self._box.store.transaction():
                    payment = self._pressed(link)
            except ControlError as problem:
                return self._page(link, None, str(problem), 400)
            self._timers.settle()
            return redirect(self._next_address(link, payment), 303)  # type: ignore[return-value]

    def _pressed(self, link: PaymentLink) -> Payment:
        typed = request.form.get("rupees", "").strip()
        reason = request.form.get("reason") or None
        body: dict[str, Any] = {
            "vpa": request.form.get("vpa") or "parent@okaxis",
            "outcome": request.form.get("outcome", ""),
            "reason": reason,
            "amount": _paise(typed) if typed else None,
        }
        return self._phone.pay(f"{self._box.base_url}{LINK_PATH}{link.id[6:]}", read_tap(body))

    def _next_address(self, link: PaymentLink, payment: Payment) -> str:
        """Where the browser goes: the merchant's page once paid, else back to this one."""
        if not link.callback_url or not payment.captured:
            return f"{LINK_PATH}{link.id[6:]}"
        signed = f"{link.id}|{link.reference_id}|{link.status}|{payment.id}"
        key = self._box.key_secret.encode()
        query = {
            "razorpay_payment_id": payment.id,
            "razorpay_payment_link_id": link.id,
            "razorpay_payment_link_reference_id": link.reference_id,
            "razorpay_payment_link_status": link.status,
            "razorpay_signature": hmac.new(key, signed.encode(), hashlib.sha256).hexdigest(),
        }
        joint = "&" if "?" in link.callback_url else "?"
        return f"{link.callback_url}{joint}{urlencode(query)}"

    def _latest(self, link: PaymentLink) -> Payment | None:
        return next(self._box.store.payments_for(link.order_id or ""), None)

    def _page(
        self, link: PaymentLink, payment: Payment | None, problem: str = "", status: int = 200
    ) -> Response:
        shown = render_template_string(
            (files(__package__ or "") / "link.html").read_text(encoding="utf-8"),
            link=link,
            payment=payment,
            problem=problem,
            payee=PAYEE_NAME,
            due=_rupees(link.amount - link.amount_paid),
            paid=_rupees(link.amount_paid),
            payable=link.status in ("created", "partially_paid"),
            reasons=sorted(FAILURES),
            action=f"{LINK_PATH}{link.id[6:]}/pay",
        )
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
        return Response(shown, status, headers, content_type="text/html; charset=utf-8")


def _missing() -> Response:
    return Response("There is no such page.\n", 404, content_type="text/plain; charset=utf-8")


def _rupees(paise: int) -> str:
    return f"₹{paise // 100}.{paise % 100:02d}"


def _paise(typed: str) -> int:
    rupees, _, rest = typed.partition(".")
    digits = rupees + rest
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MAX_TYPED and len(rest) <= 2):  # noqa: PLR2004
        raise ControlError("the amount must be rupees, such as 500 or 499.50")
    return int(rupees or "0") * 100 + int(rest.ljust(2, "0"))


def _png(text: str) -> bytes:
    import qrcode  # noqa: PLC0415 - only where a picture is asked for
    from qrcode.image.pure import PyPNGImage  # noqa: PLC0415

    picture = io.BytesIO()
    qrcode.make(text, image_factory=PyPNGImage, box_size=8, border=4).save(picture)
    return picture.getvalue()
