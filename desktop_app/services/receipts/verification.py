"""Check codes: added to receipts when they are shown or printed, checked when one comes back.

A code is computed from number, day, amount and the key of that time, never stored: a reprint has
the code of the first copy. Where no key can be kept, receipts go out complete, without a code.
Keyrings may block: nothing here runs inside a unit of work.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain import check_code
from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.receipt import day_in_india, is_marked_as_test
from desktop_app.services.errors import NoKeyringError

if TYPE_CHECKING:
    from datetime import datetime

    from desktop_app.services.context import Context
    from desktop_app.services.ports.system import ReceiptKeys
    from desktop_app.services.views.receipts import ReceiptView


class CheckedReceipt(NamedTuple):
    """The result of a receipt's check.

    Attributes:
        stamp: number, day and amount as printed on the receipt.
    """

    verdict: check_code.Verdict
    stamp: check_code.Stamp


class ReceiptVerifier:
    """Makes and checks the codes of one desk."""

    def __init__(self, context: Context, keys: ReceiptKeys) -> None:
        self._context = context
        self._keys = keys

    def with_code(self, receipt: ReceiptView) -> ReceiptView:
        """Add the code to a receipt, unless it was issued before there was a key."""
        key = check_code.key_at(self._keys.load(), receipt.issued_at)
        if key is None and not receipt.prints and not self._keys.load():
            key = self._first_key(receipt.issued_at)
        if key is None:
            return receipt
        on = day_in_india(receipt.issued_at)
        return replace(receipt, stamp=check_code.stamped(key, receipt.number, on, receipt.amount))

    def check(self, typed: str) -> CheckedReceipt:
        """Check a receipt by the text of its QR, or by what was typed from it.

        Raises:
            InvalidInputError: it cannot be read.
        """
        stamp = check_code.read_stamp(typed)
        verdict = check_code.judge(stamp, self._keys.load())
        if verdict is check_code.Verdict.GENUINE and self._is_of_test_money(stamp.number):
            verdict = check_code.Verdict.TEST
        return CheckedReceipt(verdict, stamp)

    def _is_of_test_money(self, number: str) -> bool:
        """Return whether a receipt of this centre is no receipt of real money.

        Its series shows it, unless an earlier version issued it: then the book of its desk does.
        """
        mode = self._context.store.reader.receipts.mode_of(number)
        if mode is None:
            return is_marked_as_test(number.partition("/")[0])
        return mode is not MoneyMode.LIVE

    def key_text(self) -> str:
        """Write the key for the centre's other desks; makes the first one where there is none.

        Raises:
            NoKeyringError: none can be kept here.
        """
        kept = self._keys.load() or (self._made(self._context.now()),)
        self._audit("receipt_key.shown", kept[-1])
        return check_code.spell_key(kept[-1])

    def use_key(self, typed: str) -> str:
        """Adopt the key of another desk of this centre from now on; return its id.

        Raises:
            InvalidInputError: it is misspelt.
            NoKeyringError: none can be kept here.
        """
        key = check_code.read_key(typed, self._context.now())
        kept = self._keys.load()
        if not kept or kept[-1].secret != key.secret:
            self._keys.add(key)
            self._audit("receipt_key.set", key)
        return key.key_id

    def _first_key(self, since: datetime) -> check_code.CentreKey | None:
        try:
            return self._made(since)
        except NoKeyringError:
            return None

    def _made(self, since: datetime) -> check_code.CentreKey:
        key = check_code.CentreKey(os.urandom(check_code.SECRET_BYTES), since)
        self._keys.add(key)
        self._audit("receipt_key.made", key)
        return key

    def _audit(self, action: str, key: check_code.CentreKey) -> None:
        with self._context.store.writing() as work:
            self._context.audit(work, action, key.key_id)
            work.commit()
