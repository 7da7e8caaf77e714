"""Routes of the page: what each address shows or takes. Knows no socket, trusts nothing."""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING

from desktop_app.checkout.messages import (
    SAFE,
    Request,
    Response,
    Site,
    plain,
    refusal,
    script_at,
)
from desktop_app.checkout.pages import nothing_here, render, static_file
from desktop_app.checkout.screens import screen_of
from desktop_app.checkout.texts import ENGLISH, LANGUAGES
from desktop_app.checkout.tickets import Tickets
from desktop_app.domain.payment import LIVE_STATES
from desktop_app.services.ports.gateway import CheckoutProof
from desktop_app.services.ports.system import PageNews

if TYPE_CHECKING:
    from desktop_app.checkout.tickets import Ticket
    from desktop_app.services.payments.checkout import CheckoutService
    from desktop_app.services.ports.system import Clock, Notify

log = logging.getLogger(__name__)

PREFIX = "/pay/"
_PATH = re.compile(r"/pay/(?P<code>[0-9A-Za-z_-]{22})(?:/(?P<step>[a-z]+))?")
_STATIC = re.compile(r"/static/(?P<name>[a-z.]+)")
SHOWN = {"": "GET", "state": "GET"}
DONE = {"proof": "POST", "failed": "POST", "back": "POST", "callback": "POST"}
STEPS = SHOWN | DONE
_NEWS = {"failed": PageNews.FAILED, "back": PageNews.BACK}


class CheckoutApplication:
    """The pages of one desk.

    Args:
        service: reads what the pages show, and checks what comes back.
        site: where they are served.
        clock: for how long results stay.
    """

    def __init__(self, service: CheckoutService, site: Site, clock: Clock) -> None:
        self._service = service
        self._site = site
        self._clock = clock
        self._tickets = Tickets(clock.monotonic)

    def open(self, attempt_uid: str, notify: Notify) -> str:
        """Return the address of an attempt's page."""
        ticket = self._tickets.issue(attempt_uid, notify)
        return f"{self._site.origin}{PREFIX}{ticket.code}"

    def answer(self, request: Request) -> Response:
        """Answer a request. Never raises."""
        try:
            return self._answer(request)
        except Exception as error:  # noqa: BLE001 - a browser learns nothing of it
            log.warning("a request of the checkout's page failed: %s", type(error).__name__)
            return nothing_here(503)

    def _answer(self, request: Request) -> Response:
        found = _PATH.fullmatch(request.path)
        step = (found and found["step"]) or ""
        ticket = self._tickets.find(found["code"]) if found else None
        is_callback = ticket is not None and step == "callback"
        senders = self._senders(ticket) if ticket is not None and is_callback else frozenset[str]()
        refused = refusal(request, self._site, senders)
        if refused is not None:
            return refused
        if ticket is None or step not in STEPS:
            static = _STATIC.fullmatch(request.path)
            shown = static_file(static["name"]) if static and request.method == "GET" else None
            return shown or nothing_here()
        if STEPS[step] != request.method:
            return plain(405, "You can't do this here.", Allow=STEPS[step])
        if request.method == "GET":
            return self._show(ticket, step, request)
        return self._do(ticket, step, request)

    def _senders(self, ticket: Ticket) -> frozenset[str]:
        return script_at(self._service.page(ticket.attempt_uid).script).senders

    def _show(self, ticket: Ticket, step: str, request: Request) -> Response:
        home = f"{PREFIX}{ticket.code}"
        chosen = request.query.get("lang", "")
        if chosen in LANGUAGES and not step:
            ticket.language = chosen
            return _see(home)
        page = self._service.page(ticket.attempt_uid)
        if page.attempt.state not in LIVE_STATES:
            self._tickets.end(ticket)
        screen = screen_of(page)
        if step == "state":
            return _json({"screen": screen.value})
        spoken = ticket.language or page.language
        language = spoken if spoken in LANGUAGES else ENGLISH
        address = f"{self._site.origin}{home}"
        return render(page, screen, address, language, self._clock.now())

    def _do(self, ticket: Ticket, step: str, request: Request) -> Response:
        form = request.form
        if "razorpay_payment_id" in form:
            proof = CheckoutProof(form["razorpay_payment_id"], form.get("razorpay_signature", ""))
            self._service.take(ticket.attempt_uid, proof)
            ticket.notify(PageNews.PROOF)
        else:
            ticket.notify(_NEWS.get(step, PageNews.FAILED))
        return _see(f"{PREFIX}{ticket.code}") if step == "callback" else _json({})


def _see(address: str) -> Response:
    return Response(303, "text/plain; charset=utf-8", b"", SAFE | {"Location": address})


def _json(values: dict[str, str]) -> Response:
    return Response(200, "application/json", json.dumps(values).encode(), SAFE)
