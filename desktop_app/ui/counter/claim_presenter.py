"""“The parent says paid”: turns what the parent knows into a query, and has the desk look.

A claim marks nothing as paid; only the desk's answer counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.receipt import IST
from desktop_app.domain.text import clean_line

if TYPE_CHECKING:
    from desktop_app.services.sync.payment_lookup import LookupQuery
    from desktop_app.services.views.payment_lookup import LookupResult
    from desktop_app.ui.core.jobs import JobRunner

_TIME = re.compile(r"(\d{1,2})(?:[:. ]?(\d{2}))?\s*(am|pm)?", re.IGNORECASE)
_HOURS, _MINUTES, _NOON = 24, 60, 12
_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ClaimForm:
    """The parent's statements, as typed, and the uid of the payment on screen."""

    utr: str = ""
    vpa: str = ""
    phone: str = ""
    amount: str = ""
    when: str = ""
    attempt: str = ""


def rough_time(text: str, now: datetime) -> datetime | None:
    """Read a time of day like `10:30`, `1030` or `2 pm` as the last moment it was that late.

    Args:
        text: as typed; empty for no idea.
        now: aware.

    Raises:
        InvalidInputError: it is no time of day.
    """
    typed = clean_line(text)
    if not typed:
        return None
    found = _TIME.fullmatch(typed)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (_HOURS, 0)
    if found and found[3]:
        is_twelve_hour = 1 <= hour <= _NOON
        hour = hour % _NOON + (_NOON if found[3].lower() == "pm" else 0)
        hour = hour if is_twelve_hour else _HOURS
    if hour >= _HOURS or minute >= _MINUTES:
        raise InvalidInputError("when", "Enter a time, e.g. 10:30, or leave the field empty.")
    local = now.astimezone(IST)
    moment = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return moment if moment <= local + _AHEAD else moment - timedelta(days=1)


def query_of(told: ClaimForm, now: datetime) -> LookupQuery:
    """Check what was typed and return the query. Raises InvalidInputError with its field."""
    from desktop_app.domain.money import parse_rupees
    from desktop_app.domain.students import normalise_phone
    from desktop_app.services.sync.payment_lookup import LookupQuery

    utr = re.sub(r"\s", "", clean_line(told.utr))
    if utr and not re.fullmatch(r"\d{4,12}", utr):
        raise InvalidInputError("utr", "Enter the 12-digit UTR or its last 4 digits.")
    vpa = clean_line(told.vpa)
    if vpa and "@" not in vpa:
        raise InvalidInputError("vpa", "Enter a UPI ID, e.g. name@bank.")
    phone = normalise_phone(told.phone)
    amount = parse_rupees(told.amount) if clean_line(told.amount) else None
    around = rough_time(told.when, now)
    if not (utr or vpa or phone or amount):
        raise InvalidInputError("utr", "Enter a UTR, UPI ID, phone number or amount.")
    return LookupQuery(
        utr=utr, vpa=vpa, phone=phone, amount=amount, around=around, attempt=told.attempt
    )


class ClaimPresenter(QObject):
    """Has the desk look for a payment.

    Signals:
        looking: whether it is being looked for.
        found: the Found.
        wrong: an InvalidInputError, for the field it names.
        failed: any other error: Razorpay could not be asked.
    """

    looking = Signal(bool)
    found = Signal(object)
    wrong = Signal(object)
    failed = Signal(object)

    def __init__(self, runner: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._is_looking = False

    def find(self, told: ClaimForm) -> None:
        """Look for a payment; while that is under way, do nothing more."""
        if self._is_looking:
            return
        try:
            clues = query_of(told, datetime.now(IST))
        except InvalidInputError as error:
            self.wrong.emit(error)
            return
        self._set_looking(looking=True)
        self._runner.gateway(
            lambda desk: desk.lookup.find(clues), self._found, failed=self._failed, replaces="find"
        )

    def stop_waiting(self) -> None:
        """Stop waiting for the answer."""
        self._set_looking(looking=False)

    def _found(self, found: LookupResult) -> None:
        if self._is_looking:
            self._set_looking(looking=False)
            self.found.emit(found)

    def _failed(self, error: Exception) -> None:
        if not self._is_looking:
            return
        self._set_looking(looking=False)
        if isinstance(error, InvalidInputError):
            self.wrong.emit(error)
        else:
            self.failed.emit(error)

    def _set_looking(self, *, looking: bool) -> None:
        self._is_looking = looking
        self.looking.emit(looking)
