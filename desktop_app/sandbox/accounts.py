"""The accounts of one server, and the WSGI application that leads each request to its account.

A request names its account by the key id of Basic authentication or by `?key_id=`; a page by what
it shows. All else is for the server's own key pair. With one account nothing is looked up.
"""

from __future__ import annotations

import base64
import binascii
import json
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from .account_files import AccountFiles
from .account_options import AccountOptions
from .errors import ControlError
from .form_parsing import FORM
from .ids import characters
from .response_delivery import ENVIRON_KEY, ResponseDelivery
from .sandbox_account import SandboxAccount

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from wsgiref.types import StartResponse

    from .sandbox_account import ServerParts

MOST_ACCOUNTS = 100
CONTROL = "/_sandbox"
CHECKOUTS = ("/v1/checkout/public", "/v1/checkout/embedded", "/v1/checkout/hosted")


class Accounts:
    """All accounts of a server; the first one is its own.

    Args:
        options: How the server's own account begins, and the others after it.
    """

    def __init__(self, options: AccountOptions) -> None:
        self._options = options
        self._lock = threading.Lock()
        self._created = 0
        self.own = SandboxAccount(options)
        self._files = AccountFiles(options.state_file)
        self._others: dict[str, SandboxAccount] = {}

    # Serving

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request by its account."""
        try:
            account = self._account_of(environ)
        except ControlError as problem:
            body = json.dumps({"error": str(problem)}).encode()
            headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
            start_response("400 BAD REQUEST", headers)
            return [body]
        environ.setdefault(ENVIRON_KEY, ResponseDelivery()).now = account.context.now
        return account.application(environ, start_response)

    def _account_of(self, environ: dict[str, Any]) -> SandboxAccount:
        path = environ["PATH_INFO"]
        is_control = path.startswith(CONTROL)
        if not self._others and not is_control:
            return self.own
        key = _key_of(environ)
        if key is None and path in CHECKOUTS:
            key = _key_of_checkout(environ)
        if key is not None:
            return self._by_key(key, must_exist=is_control)
        if is_control or path.startswith("/v1/"):
            return self.own
        return self._by_page(path)

    def _by_key(self, key: str, *, must_exist: bool) -> SandboxAccount:
        if key == self.own.key_id:
            return self.own
        found = self._others.get(key)
        if found is None and must_exist:
            raise ControlError(f"no account has the key id {key[:100]}")
        return found or self.own

    def _by_page(self, path: str) -> SandboxAccount:
        codes = path.split("/")[2:]
        for account in list(self._others.values()):
            with account.store.lock:
                if any(map(account.context.has_page, codes)):
                    return account
        return self.own

    # Opening and closing

    def open(self, parts: ServerParts) -> None:
        """Open the server's own account, and those that its state file has beside it."""
        self._parts = parts
        self.own.open(parts)
        for path in self._files.all():
            account = SandboxAccount(AccountOptions(state_file=path))
            account.open(parts)
            self._others[account.key_id] = account

    def start(self) -> None:
        """Begin to send webhooks."""
        for account in self._all():
            account.start()

    def close(self) -> None:
        """Close all accounts."""
        for account in self._all():
            account.close()

    def _all(self) -> Iterator[SandboxAccount]:
        yield self.own
        yield from list(self._others.values())

    # Control

    def list_all(self) -> list[dict[str, Any]]:
        """Return the accounts' key ids; the server's own comes first."""
        return [{"key_id": a.key_id, "own": a is self.own} for a in self._all()]

    def create(self, wanted: AccountOptions) -> dict[str, Any]:
        """Create an account; raise ControlError if there is one with that key id, or too many."""
        with self._lock:
            if len(self._others) + 1 >= MOST_ACCOUNTS:
                raise ControlError(f"{MOST_ACCOUNTS} accounts at most; delete one first")
            options = self._completed(wanted)
            if options.key_id in (self.own.key_id, *self._others):
                raise ControlError(f"there is an account with the key id {options.key_id}")
            account = SandboxAccount(options)
            account.open(self._parts)
            account.start()
            self._others = {**self._others, account.key_id: account}
        pair = {"key_id": account.key_id, "key_secret": account.key_secret}
        return {"url": self._parts.base_url, **pair}

    def _completed(self, wanted: AccountOptions) -> AccountOptions:
        """Return options with a key id, and with seed and time after the server's own."""
        ours, seed, key_id = self._options, wanted.seed, wanted.key_id
        self._created += 1
        if key_id is None:
            key_id = f"rzp_test_{characters(14, ours.seed, f'account/{self._created}')}"
        if seed is None and ours.seed is not None:
            seed = f"{ours.seed}/{key_id}"
        now = ours.now if wanted.now is None else wanted.now
        return replace(
            wanted, key_id=key_id, seed=seed, now=now, state_file=self._files.path_of(key_id)
        )

    def delete(self, key_id: str) -> None:
        """Delete an account with all its data, on disk too."""
        with self._lock:
            account = self._others.get(key_id)
            if account is None:
                own = key_id == self.own.key_id
                words = "is the sandbox's own" if own else "is no account of this sandbox"
                raise ControlError(f"{key_id[:100]} {words}")
            self._others = {k: a for k, a in self._others.items() if a is not account}
        account.close()
        self._files.remove(key_id)


def _key_of(environ: dict[str, Any]) -> str | None:
    """Return the key id of Basic authentication or of the query."""
    scheme, _, encoded = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme == "Basic":
        try:
            return base64.b64decode(encoded).partition(b":")[0].decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return None
    query = environ["QUERY_STRING"]
    return parse_qs(query).get("key_id", [""])[0].rstrip(":") or None if "key_id" in query else None


def _key_of_checkout(environ: dict[str, Any]) -> str | None:
    """Return the key of the options or the form that opens a checkout."""
    raw = environ["wsgi.input"].getvalue().decode("utf-8", "replace")
    try:
        if environ["CONTENT_TYPE"].partition(";")[0].strip() == FORM and raw[:1] != "{":
            fields: Any = {name: values[0] for name, values in parse_qs(raw).items()}
            fields = json.loads(fields["options"]) if "options" in fields else fields
        else:
            fields = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    found = (fields.get("key_id") or fields.get("key")) if isinstance(fields, dict) else None
    return found if isinstance(found, str) else None
