"""Orders of other desks in the account: another desk with the code of this desk is reported.

Two desks with one code give two parents the same receipt number. The order lists that polling
reads show it. Nothing of such an order is booked.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from desktop_app.domain.polling import WATCH_DAYS
from desktop_app.domain.reference import code_of, is_of_book, is_of_code
from desktop_app.services.errors import GatewayError, StorageError
from desktop_app.services.identity.book import BEFORE, BOOK_ID, CODE, FIRST_CODE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop_app.services.context import Context
    from desktop_app.services.ports.gateway import OrderFact

log = logging.getLogger(__name__)

SHARED = "book.code_shared"
"""The code that another desk has, and when its last order was seen."""
RESTORED_UNTIL = "restored.until"
"""Until then orders of this book may be missing from it."""
REPORTED_FOR = timedelta(days=WATCH_DAYS)
AGAIN = timedelta(days=1)
_MOST_SEEN = 5_000


class ForeignOrders:
    """Finds orders that another desk made under the code of this desk."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._seen: dict[str, None] = {}

    def notice(self, orders: Iterable[OrderFact]) -> None:
        """Record that another desk has this code, where a list shows an order of it (gateway).

        Where that cannot be written, the search for payments continues.
        """
        try:
            self._notice(orders)
        except StorageError:
            log.exception("failed to record another desk's order")

    def _notice(self, orders: Iterable[OrderFact]) -> None:
        stored = self._context.store.reader.settings.all()
        code, book_id = stored.get(CODE) or FIRST_CODE, stored.get(BOOK_ID, "")
        for order in filter(None, orders):
            reference = order.receipt or ""
            is_ours = is_of_book(reference, book_id)
            if is_of_book(reference, stored.get(BEFORE, "")):
                continue
            if reference in self._seen or not (is_ours or is_of_code(reference, code)):
                continue
            if self._is_known(reference) or (is_ours and self._may_lack_orders()):
                self._remember(reference)
            elif self._is_confirmed(order):
                self._remember(reference)
                self._record(code, reference)

    def _remember(self, reference: str) -> None:
        self._seen[reference] = None
        if len(self._seen) > _MOST_SEEN:
            del self._seen[next(iter(self._seen))]

    def _is_known(self, reference: str) -> bool:
        with self._context.store.reading() as books:
            return books.attempts.find(reference) is not None

    def _may_lack_orders(self) -> bool:
        until = self._context.store.reader.settings.all().get(RESTORED_UNTIL)
        return until is not None and self._context.now() <= datetime.fromisoformat(until)

    def _is_confirmed(self, order: OrderFact) -> bool:
        """Fetch the order by its id: a list may show what does not exist."""
        try:
            found = self._context.gateway().fetch_order(order.order_id)
        except GatewayError:
            return False
        return found.receipt == order.receipt

    def _record(self, code: str, reference: str) -> None:
        now = self._context.now()
        with self._context.store.writing() as work:
            if _is_recorded(work.setting(SHARED), code, now - AGAIN):
                work.nothing_to_write()
                return
            log.warning("another desk has the code %s: order %s", code, reference)
            work.put_setting(SHARED, f"{code} {now.isoformat()}")
            self._context.audit(work, "desk.code_shared", code, {"reference": reference})
            work.commit()


def shared_code(context: Context) -> str:
    """Return this desk's code where another desk was seen under it lately; empty otherwise."""
    stored = context.store.reader.settings.all()
    code = stored.get(CODE) or FIRST_CODE
    since = context.now() - REPORTED_FOR
    return code if _is_recorded(stored.get(SHARED), code, since) else ""


def codes_of_others(context: Context, orders: Iterable[OrderFact]) -> frozenset[str]:
    """Return the desk codes in orders that are not of this book."""
    book_id = context.store.reader.settings.all().get(BOOK_ID, "")
    found: set[str] = set()
    with context.store.reading() as books:
        for order in filter(None, orders):
            code = code_of(order.receipt)
            if code is None or code in found or is_of_book(order.receipt, book_id):
                continue
            if books.attempts.find(order.receipt or "") is None:
                found.add(code)
    return frozenset(found)


def _is_recorded(stored: str | None, code: str, since: datetime) -> bool:
    known, _, at = (stored or "").partition(" ")
    return known == code and bool(at) and datetime.fromisoformat(at) >= since
