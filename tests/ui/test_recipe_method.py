"""The recipe "a payment method" of resources/docs/how-to-add.md, followed with a throw-away one.

The method is a page of the bank whose address is drawn as the QR, on the gateway's payment links.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from desktop_app import cli
from desktop_app.cli import collect
from desktop_app.cli.main import run
from desktop_app.documents import receipt_words
from desktop_app.domain.payment import INR, AttemptState, GatewaySnapshot, Method
from desktop_app.services.payments.channels.base import Channel, Resource, first_problem, notes_of
from desktop_app.services.payments.channels.registry import CHANNELS
from desktop_app.services.payments.create_once import Recipe
from desktop_app.services.views.payments import PaymentFilter
from desktop_app.storage.store import DATABASE
from desktop_app.ui.core.formatting import METHODS, MethodText
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.counter.bill_card import BillCard
from desktop_app.ui.counter.stepper import steps_of
from desktop_app.ui.payments.rows import PAYMENTS
from tests.integration.conftest import counter

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop_app.domain.payment import Attempt
    from desktop_app.services.ports.gateway import LinkFact
    from desktop_app.storage.store import SqlStore
    from tests.integration.conftest import Counter

__all__ = ["counter"]

NAME = "bank_page"


# --- the module in services/payments/channels/


class BankPageChannel(Channel):
    """Shows the address of a page at the bank."""

    def open(self, attempt: Attempt, *, is_new: bool) -> None:
        """Create the page and store its address."""
        until = self._gateway_time(attempt, is_new=is_new) + 1200
        made = self._creator.once(attempt, self._recipe(attempt, until), is_new=is_new)
        self._attempts.awaiting(
            self._attempts.load(attempt.uid),
            remote_id=made.link_id,
            qr_text=made.short_url,
            created_at=made.created_at,
            expires_at=until,
            is_remote_open=False,
        )

    def _recipe(self, attempt: Attempt, until: int) -> Recipe[LinkFact]:
        gateway = self._context.gateway()
        return Recipe(
            create=lambda: gateway.create_link(
                reference=attempt.reference,
                amount=attempt.amount,
                description=self._attempts.label(attempt),
                payer=self._attempts.payer(attempt),
                expire_by=until,
                notes=notes_of(self._context, attempt),
            ),
            find=lambda: gateway.find_link(attempt.reference),
            fits=lambda made: made.amount_paise == attempt.amount.paise,
        )

    def find(self, attempt: Attempt) -> Resource | None:
        """Find the page of a lost answer."""
        page = self._context.gateway().find_link(attempt.reference)
        return None if page is None else Resource(page.created_at, remote_id=page.link_id)

    def fetch(self, attempt: Attempt, *, asked: bool) -> GatewaySnapshot:
        """Read the page and its payments."""
        page, payments = self._context.gateway().fetch_link(attempt.remote_id or "", asked=asked)
        return GatewaySnapshot(
            header_problem=first_problem(
                (page.reference == attempt.reference, "the page has another reference"),
                (page.amount_paise == attempt.amount.paise, "the page is for another amount"),
                (page.currency == INR, f"the page is in {page.currency}"),
            ),
            is_settled=page.status == "paid",
            is_closed=page.status in {"paid", "expired"},
            payments=payments,
        )


# --- the member, the rows, and what the migration would do


@pytest.fixture
def method(monkeypatch: pytest.MonkeyPatch) -> Method:
    """The member of the enumeration, its channel and its words."""
    made = str.__new__(Method, NAME)
    monkeypatch.setattr(made, "_name_", NAME.upper(), raising=False)
    monkeypatch.setattr(made, "_value_", NAME, raising=False)
    monkeypatch.setitem(Method._value2member_map_, NAME, made)
    monkeypatch.setitem(Method._member_map_, NAME.upper(), made)
    names = [*Method._member_names_, NAME.upper()]
    monkeypatch.setattr(Method, "_member_names_", names)
    monkeypatch.setitem(CHANNELS, made, BankPageChannel)
    words = MethodText(N_("Page of the bank"), N_("Bank"), N_("Bank page"), N_("Page made"))
    monkeypatch.setitem(METHODS, made, words)
    monkeypatch.setitem(receipt_words.METHODS, made, "Page of the bank")
    monkeypatch.delitem(sys.modules, collect.__name__)
    monkeypatch.delattr(cli, "collect")
    return made


@pytest.fixture
def bank(
    method: Method, store: SqlStore, tmp_path: Path, request: pytest.FixtureRequest
) -> Counter:
    """A desk whose database knows the method, made once the channel is registered."""
    with closing(sqlite3.connect(tmp_path / DATABASE)) as database:
        for verb in ("insert", "update"):
            database.execute(f"DROP TRIGGER attempts_method_{verb}")
    made = request.getfixturevalue("counter")
    assert made.context.store is store
    return made  # type: ignore[no-any-return]


def test_a_fee_is_shown_paid_and_booked_by_it(bank: Counter, method: Method) -> None:
    view = bank.shown(method)
    assert view.qr_text is not None
    assert view.qr_text.startswith("https://")
    bank.pay(view)
    [paid] = bank.polling.run(asked=True).changed
    assert (paid.state, paid.method, paid.receipt_no) == (
        AttemptState.PAID, method, "D1/26-27/000001",
    )  # fmt: skip
    assert [row["amount"] for row in bank.ledger()["payments"]] == [1_180_000]
    assert "Page of the bank" in bank.receipts.html(paid.receipt_uid or "", "a5")


def test_a_lost_answer_is_found_and_not_sent_again(bank: Counter, method: Method) -> None:
    from desktop_app.services.errors import OutcomeUnknownError

    bank.gateway.trouble("create_link", OutcomeUnknownError("lost"), is_done=True)
    assert bank.shown(method).state is AttemptState.AWAITING
    assert bank.gateway.calls.count("create_link") == 1


def test_it_is_offered_and_named_on_screen(bank: Counter, method: Method, qtbot: QtBot) -> None:
    card = BillCard()
    qtbot.addWidget(card)
    at = card.method.findData(NAME)
    assert card.method.itemText(at) == "Page of the bank"
    card.method.setCurrentIndex(at)
    assert card.chosen_method() is method
    view = bank.shown(method)
    assert steps_of(view)[0][0] == "Page made"
    bank.pay(view)
    bank.polling.run(asked=True)
    [row] = bank.context.store.reader.payments.page(PaymentFilter(), 0, 10).rows
    [column] = [each for each in PAYMENTS if each.title == "Method"]
    assert column.text(row) == "Bank page"


def test_the_command_line_offers_it(method: Method, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["collect", "--help"]) == 0
    assert f"|{method}]" in "".join(capsys.readouterr().out.split())
