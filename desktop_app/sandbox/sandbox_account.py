"""An account of the sandbox: a key pair with its own store, clock, faults, webhooks and journal.

Nothing is shared between the accounts of a server but its address. Must not choose between them;
accounts.py does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .clock import SandboxClock
from .entity_store import EntityStore
from .faults import FaultMiddleware
from .ids import SandboxIdSource, characters
from .journal import JournalMiddleware
from .lifecycle import Lifecycle
from .sandbox_context import SandboxContext
from .state_file import StateFile
from .timers import Timers
from .webhook_sender import WebhookSender

if TYPE_CHECKING:
    from collections.abc import Callable
    from wsgiref.types import WSGIApplication

    from .account_options import AccountOptions, AccountRegistry
    from .own_addresses import OwnAddresses

SECRET_CHARACTERS = 24


@dataclass(frozen=True, slots=True)
class ServerParts:
    """Parts that all accounts of a server share."""

    base_url: str
    own: OwnAddresses
    log: Callable[[str], None]
    webhook_hosts: frozenset[str]
    token: str | None
    accounts: AccountRegistry


class SandboxAccount:
    """One account. It is loaded when it is made, and serves once it is opened.

    Raises:
        StateFileError: The state file cannot be read, or is not a sandbox's.
    """

    application: WSGIApplication
    context: SandboxContext

    def __init__(self, options: AccountOptions) -> None:
        path, seed = options.state_file, options.seed
        self.state_file = None if path is None else StateFile(path)
        self.store = EntityStore(SandboxIdSource(seed), self.state_file, SandboxClock(options.now))
        self._lifecycle = Lifecycle(self.store)
        self._timers = Timers(self.store, self._lifecycle)
        self._sender = WebhookSender(self.store, self._timers)
        header = self.store.load()
        key_id = options.key_id or header.get("key_id")
        secret = options.key_secret or header.get("key_secret")
        self.key_id: str = key_id or f"rzp_test_{characters(14, seed, 'key_id')}"
        self.key_secret: str = secret or characters(SECRET_CHARACTERS, seed, "key_secret")

    def open(self, parts: ServerParts) -> None:
        """Build what serves the account; its state file begins with its keys."""
        from .flask_app import build_app  # imports Flask

        self.store.begin({"key_id": self.key_id, "key_secret": self.key_secret})
        self._lifecycle.events.set_identity(parts.base_url, self.key_id)
        self.context = context = SandboxContext(
            self.store,
            self._lifecycle,
            self._timers,
            self._sender,
            self.key_id,
            self.key_secret,
            parts.base_url,
            parts.webhook_hosts,
            parts.accounts,
        )
        app = build_app(context, parts.own, parts.log, token=parts.token)
        spoiled = FaultMiddleware(app, context.faults, parts.base_url, context.in_flight)
        self.application = JournalMiddleware(spoiled, context.journal, context.now)

    def start(self) -> None:
        """Begin to send webhooks."""
        self._sender.start()

    def close(self) -> None:
        """Stop sending, and close the state file."""
        self._sender.stop()
        with self.store.lock:
            self.store.close()
