"""Shared context of the resources: the store, the rules of money, the address, and look-ups by id.

Must not know a single resource's rules.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from .entity_json import Json, collection
from .entity_table import TimedEntity
from .errors import unknown_id
from .faults import FaultRegistry
from .in_flight import InFlightOperations
from .journal import RequestJournal
from .validation import Call, PageQuery, check_fields, known_id, notes, page_query, required

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from .account import MerchantAccount
    from .account_options import AccountRegistry
    from .entities import (
        Customer,
        Dispute,
        Downtime,
        InstantSettlement,
        Invoice,
        Item,
        Order,
        Payment,
        QrCode,
        Refund,
        Settlement,
    )
    from .entity_store import EntityStore
    from .entity_table import EntityTable
    from .lifecycle import Lifecycle
    from .timers import Timers
    from .webhook_sender import WebhookSender

WITH_PAGES = ("plink", "qr", "inv")

T = TypeVar("T")
E = TypeVar("E", bound=TimedEntity)


@dataclass(slots=True)
class SandboxContext:
    """One sandbox, as its resources use it."""

    store: EntityStore
    lifecycle: Lifecycle
    timers: Timers
    sender: WebhookSender
    key_id: str
    key_secret: str
    base_url: str
    webhook_hosts: frozenset[str] = frozenset()
    accounts: AccountRegistry | None = None
    faults: FaultRegistry = field(default_factory=FaultRegistry)
    in_flight: InFlightOperations = field(default_factory=InFlightOperations)
    journal: RequestJournal = field(default_factory=RequestJournal)
    checkouts: OrderedDict[str, Any] = field(default_factory=OrderedDict)

    @property
    def account(self) -> MerchantAccount:
        """The merchant account."""
        return self.store.account

    @property
    def all_accounts(self) -> AccountRegistry:
        """The accounts of the server."""
        if self.accounts is None:
            raise RuntimeError("no server has this account")
        return self.accounts

    def has_page(self, code: str) -> bool:
        """Return whether a page's code names something of this account. Hold the lock."""
        keys = (code, *(f"{kind}_{code}" for kind in WITH_PAGES))
        return code in self.checkouts or any(map(self.store.find, keys))

    def now(self) -> int:
        """Return the sandbox's time in Unix seconds."""
        return self.store.clock.now()

    def order(self, key: str) -> Order:
        """Return an order, or refuse an unknown id."""
        return _found(self.store.orders, key, "order")

    def payment(self, key: str) -> Payment:
        """Return a payment, or refuse an unknown id."""
        return _found(self.store.payments, key, "pay")

    def qr_code(self, key: str) -> QrCode:
        """Return a QR code, or refuse an unknown id."""
        return _found(self.store.qr_codes, key, "qr")

    def refund(self, key: str) -> Refund:
        """Return a refund, or refuse an unknown id."""
        return _found(self.store.refunds, key, "rfnd")

    def customer(self, key: str) -> Customer:
        """Return a customer, or refuse an unknown id."""
        return _found(self.store.customers, key, "cust")

    def settlement(self, key: str) -> Settlement:
        """Return a settlement, or refuse an unknown id."""
        return _found(self.store.settlements, key, "setl")

    def instant_settlement(self, key: str) -> InstantSettlement:
        """Return an instant settlement, or refuse an unknown id."""
        return _found(self.store.instant_settlements, key, "setlod")

    def item(self, key: str) -> Item:
        """Return an item, or refuse an unknown or deleted one."""
        item = _found(self.store.items, key, "item")
        if item.is_deleted:
            raise unknown_id()
        return item

    def invoice(self, key: str) -> Invoice:
        """Return an invoice, or refuse an unknown or deleted one."""
        invoice = _found(self.store.invoices, key, "inv")
        if invoice.status == "deleted":
            raise unknown_id()
        return invoice

    def dispute(self, key: str) -> Dispute:
        """Return a dispute, or refuse an unknown id."""
        return _found(self.store.disputes, key, "disp")

    def downtime(self, key: str) -> Downtime:
        """Return a downtime, or refuse an unknown id."""
        return _found(self.store.downtimes, key, "down")


def _found(table: EntityTable[E], key: str, prefix: str) -> E:
    entity = table.get(known_id(key, prefix))
    if entity is None:
        raise unknown_id()
    return entity


def page_slice(found: Iterator[T], page_query: PageQuery) -> list[T]:
    """Return the requested part of a list."""
    return list(itertools.islice(found, page_query.skip, page_query.skip + page_query.count))


class Resource:
    """Base of the API's resources."""

    def __init__(self, context: SandboxContext) -> None:
        self._context = context

    def _list(self, call: Call, table: EntityTable[E], show: Callable[[E], Json]) -> Json:
        """Return a page of a table as a collection, newest first."""
        asked = page_query(call)
        return collection(map(show, page_slice(table.newest_first(asked.start, asked.end), asked)))

    def _update_notes(self, call: Call, entity: Payment | QrCode | Refund) -> None:
        """Replace an entity's notes; nothing else may be sent."""
        check_fields(call.body, ("notes",))
        required(call.body.get("notes"), "notes")
        changed = notes(call.body)
        self._context.store.edit(entity)
        entity.notes = changed


@dataclass(frozen=True, slots=True)
class Route:
    """A call of the API.

    Attributes:
        feature: the account feature that it requires.
        public: whether the key id suffices, as for a page in a browser.
        locked: whether it runs under the account's lock, in a transaction.
    """

    method: str
    rule: str
    answer: Callable[[Call], dict[str, Any] | list[Any]]
    feature: str | None = None
    public: bool = False
    locked: bool = True
