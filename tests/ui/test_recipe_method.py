"""The recipe "a payment method" of resources/docs/how-to-add.md, followed with throw-away ones.

One is a channel: a page of the bank whose address is drawn as the QR, on the gateway's payment
links. The other is a tender of the counter: vouchers, kept in the drawer.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

import pytest

from desktop_app import cli
from desktop_app.cli import collect
from desktop_app.cli.main import run
from desktop_app.documents import receipt_words
from desktop_app.domain.channels import CHANNELS, ChannelTraits, ShownAs
from desktop_app.domain.ledger import Account
from desktop_app.domain.money import Money
from desktop_app.domain.outbox import CommandKind
from desktop_app.domain.payment import INR, AttemptState, GatewaySnapshot, Method
from desktop_app.domain.refund import RefundState
from desktop_app.domain.tender import Beginning, Channel, ReturnPath, Tender, Verification
from desktop_app.domain.tenders.base import TenderRules
from desktop_app.domain.tenders.registry import COUNTER_TENDERS, TENDERS
from desktop_app.services import errors
from desktop_app.services.payments.channels import registry
from desktop_app.services.payments.channels.base import (
    ClosableChannel,
    Resource,
    first_problem,
    notes_of,
)
from desktop_app.services.payments.create_once import Recipe
from desktop_app.services.views.payments import PaymentFilter
from desktop_app.storage.store import DATABASE
from desktop_app.ui.core.formatting import METHODS, MethodText
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.counter.bill_card import BillCard
from desktop_app.ui.payments.rows import PAYMENTS
from tests.integration.conftest import counter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop_app.domain.payment import Attempt
    from desktop_app.services.ports.gateway import LinkFact
    from desktop_app.storage.store import SqlStore
    from tests.integration.conftest import Counter

__all__ = ["counter"]

Member = TypeVar("Member", bound=StrEnum)

NAME = "bank_page"
VOUCHER = "voucher"


# --- a channel: the module in services/payments/channels/


class BankPageChannel(ClosableChannel):
    """Shows the address of a page at the bank."""

    def open(self, attempt: Attempt, look: Callable[[Attempt], None], *, is_new: bool) -> None:
        """Create the page and store its address."""
        del look
        until = self._gateway_time(attempt, is_new=is_new) + 1200
        made = self._creator.once(attempt, self._recipe(attempt, until), is_new=is_new)
        self._attempts.awaiting(
            self._attempts.load(attempt.uid),
            remote_id=made.link_id,
            qr_text=made.short_url,
            created_at=made.created_at,
            expires_at=until,
            is_remote_open=True,
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
            is_closed=page.status in {"paid", "expired", "cancelled"},
            payments=payments,
        )

    def close(self, remote_id: str) -> None:
        """Close the page."""
        self._context.gateway().cancel_link(remote_id)

    def is_closed(self, remote_id: str) -> bool:
        """Read whether the page is down."""
        return self._context.gateway().fetch_link(remote_id)[0].status != "created"


# --- a tender: the module in domain/tenders/


class VoucherTender(TenderRules):
    """Vouchers, kept in the drawer like notes."""

    account = Account.CASH
    verification = Verification.COUNTED
    beginning = Beginning.POSTED
    return_path = ReturnPath.DRAWER


# --- the members, the rows, and what the migration would do


def new_member(monkeypatch: pytest.MonkeyPatch, of: type[Member], value: str) -> Member:
    made = str.__new__(of, value)
    monkeypatch.setattr(made, "_name_", value.upper(), raising=False)
    monkeypatch.setattr(made, "_value_", value, raising=False)
    monkeypatch.setitem(of._value2member_map_, value, made)
    monkeypatch.setitem(of._member_map_, value.upper(), made)
    monkeypatch.setattr(of, "_member_names_", [*of._member_names_, value.upper()])
    return made


@pytest.fixture
def method(monkeypatch: pytest.MonkeyPatch) -> Method:
    """The channel's members, rows and words."""
    made = new_member(monkeypatch, Method, NAME)
    traits = ChannelTraits(
        new_member(monkeypatch, Channel, NAME), ShownAs.LINK, is_auto=False,
        takes_only_upi=False, closed_by=CommandKind.CANCEL_LINK,
    )  # fmt: skip
    monkeypatch.setitem(CHANNELS, made, traits)
    monkeypatch.setattr(BankPageChannel, "method", made, raising=False)
    monkeypatch.setattr(registry, "REGISTERED", [*registry.REGISTERED, BankPageChannel])
    words = MethodText(N_("Page of the bank"), N_("Bank"), N_("Bank page"))
    monkeypatch.setitem(METHODS, made, words)
    monkeypatch.setitem(receipt_words.METHODS, made, "Page of the bank")
    monkeypatch.delitem(sys.modules, collect.__name__)
    monkeypatch.delattr(cli, "collect")
    return made


@pytest.fixture
def voucher(monkeypatch: pytest.MonkeyPatch) -> Method:
    """The tender's members, rows and words."""
    made = new_member(monkeypatch, Method, VOUCHER)
    tender = new_member(monkeypatch, Tender, VOUCHER)
    monkeypatch.setattr(VoucherTender, "tender", tender, raising=False)
    monkeypatch.setitem(TENDERS, tender, VoucherTender())
    monkeypatch.setitem(COUNTER_TENDERS, made, tender)
    words = MethodText(
        N_("Voucher"), N_("Voucher"), N_("Voucher"), icon="cash", take=N_("Take a voucher"),
        take_amount=N_("Take a voucher of {amount}"), paid=N_("Paid by voucher"),
    )  # fmt: skip
    monkeypatch.setitem(METHODS, made, words)
    monkeypatch.setitem(receipt_words.METHODS, made, "Voucher")
    return made


@pytest.fixture
def desk(store: SqlStore, tmp_path: Path, request: pytest.FixtureRequest) -> Counter:
    """A desk whose database knows the methods; ask for it after them."""
    with closing(sqlite3.connect(tmp_path / DATABASE)) as database:
        for verb in ("insert", "update"):
            database.execute(f"DROP TRIGGER IF EXISTS attempts_method_{verb}")
    made = request.getfixturevalue("counter")
    assert made.context.store is store
    return made  # type: ignore[no-any-return]


def test_a_fee_is_shown_paid_and_booked_by_a_new_channel(method: Method, desk: Counter) -> None:
    view = desk.shown(method)
    assert view.qr_text is not None
    assert view.qr_text.startswith("https://")
    desk.pay(view)
    [paid] = desk.polling.run(asked=True).changed
    assert (paid.state, paid.method, paid.receipt_no) == (
        AttemptState.PAID, method, "D1/26-27/000001",
    )  # fmt: skip
    assert [row["amount"] for row in desk.ledger()["payments"]] == [1_180_000]
    assert "Page of the bank" in desk.receipts.html(paid.receipt_uid or "", "a5")


def test_its_lost_answer_is_found_and_not_sent_again(method: Method, desk: Counter) -> None:
    desk.gateway.trouble("create_link", errors.OutcomeUnknownError("lost"), is_done=True)
    assert desk.shown(method).state is AttemptState.AWAITING
    assert desk.gateway.calls.count("create_link") == 1


def test_it_is_closed_when_it_is_given_up(method: Method, desk: Counter) -> None:
    view = desk.shown(method)
    assert desk.payments.cancel(view.uid).state is AttemptState.CANCELLED
    assert desk.gateway.calls.count("cancel_link") == 1
    assert not desk.context.store.reader.attempts.get(view.uid)[0].is_remote_open


def test_it_is_offered_and_named_on_screen(method: Method, desk: Counter, qtbot: QtBot) -> None:
    card = BillCard()
    qtbot.addWidget(card)
    at = card.method.findData(NAME)
    assert card.method.itemText(at) == "Page of the bank"
    card.method.setCurrentIndex(at)
    assert card.chosen_method() is method
    view = desk.shown(method)
    desk.pay(view)
    desk.polling.run(asked=True)
    [row] = desk.context.store.reader.payments.page(PaymentFilter(method="link"), 0, 10).rows
    [column] = [each for each in PAYMENTS if each.title == "Method"]
    assert column.text(row) == "Bank"


def test_the_command_line_offers_it(method: Method, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["collect", "--help"]) == 0
    assert f"|{method}]" in "".join(capsys.readouterr().out.split())


def test_a_fee_is_posted_and_given_back_by_a_new_tender(voucher: Method, desk: Counter) -> None:
    paid = desk.payments.begin(desk.student().uid, desk.course().uid, voucher)
    assert (paid.state, paid.receipt_no) == (AttemptState.PAID, "D1/26-27/000001")
    assert "Voucher" in desk.receipts.html(paid.receipt_uid or "", "a5")
    [row] = desk.context.store.reader.payments.page(PaymentFilter(method=VOUCHER), 0, 10).rows
    refund = desk.desk.refunds.refund(row.uid, None, "left the course")
    assert (refund.state, refund.amount) == (RefundState.PROCESSED, row.amount)
    with closing(sqlite3.connect(desk.context.folder / DATABASE)) as database:
        accounts = database.execute("SELECT DISTINCT account FROM ledger_entries ORDER BY account")
        assert [name for (name,) in accounts] == ["cash", "fees"]
    assert desk.gateway.calls == []


def test_it_is_offered_offline_and_named_on_screen(voucher: Method, qtbot: QtBot) -> None:
    card = BillCard()
    qtbot.addWidget(card)
    card.show_offline(offline=True)
    keeping = {}
    for each in (Method.AUTO, voucher):
        card.method.setCurrentIndex(card.method.findData(each.value))
        keeping[card.chosen_method()] = card.is_keeping
    assert keeping == {Method.AUTO: True, voucher: False}
    assert "Take a voucher" in card.collect_button.text()


def test_every_tender_and_channel_has_its_rules() -> None:
    assert {each.tender for each in TENDERS.values()} == set(Tender) == set(TENDERS)
    assert [each.channel for each in CHANNELS.values()] == list(Channel)
    assert {each.method for each in registry.REGISTERED} == set(CHANNELS)
    named = {*CHANNELS, *COUNTER_TENDERS}
    assert set(METHODS) == set(receipt_words.METHODS) == named | {Method.AUTO} == set(Method)
    for rules in TENDERS.values():
        assert isinstance(rules.account, Account)
        assert isinstance(rules.verification, Verification)
        assert rules.smallest >= Money(1)
        assert rules.needs_gateway == rules.refund_needs_gateway
    for kind in registry.REGISTERED:
        assert issubclass(kind, ClosableChannel) == (CHANNELS[kind.method].closed_by is not None)
