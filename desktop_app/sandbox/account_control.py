"""Control calls for accounts: each has a key pair, and shares nothing with the others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .account_options import AccountOptions
from .clock import read_instant
from .control_validation import check_known, text
from .errors import ControlError
from .sandbox_context import Resource, Route

if TYPE_CHECKING:
    from .entity_json import Json
    from .validation import Call

KEY_ID = re.compile(r"rzp_test_[0-9A-Za-z_]{1,80}")
KEY_SECRET = re.compile(r"[!-~]{1,100}")


class AccountControl(Resource):
    """Control-plane calls for accounts. They hold no account's lock."""

    def routes(self) -> list[Route]:
        """Return the routes."""
        one, every = "/_sandbox/accounts/<key_id>", "/_sandbox/accounts"
        return [
            Route("GET", every, self.list_all, locked=False),
            Route("POST", every, self.create, locked=False),
            Route("DELETE", one, self.delete, locked=False),
        ]

    def list_all(self, call: Call) -> Json:
        """Return every account."""
        del call
        found = self._context.all_accounts.list_all()
        return {"count": len(found), "items": found}

    def create(self, call: Call) -> Json:
        """Create an account; return its address and keys."""
        body = call.body
        check_known(body, ("key_id", "key_secret", "seed", "now"))
        return self._context.all_accounts.create(
            AccountOptions(
                key_id=_matching(body, "key_id", KEY_ID),
                key_secret=_matching(body, "key_secret", KEY_SECRET),
                seed=_seed(body),
                now=_instant(body),
            )
        )

    def delete(self, call: Call) -> Json:
        """Delete an account and everything of it."""
        self._context.all_accounts.delete(call.path["key_id"])
        return {"key_id": call.path["key_id"]}


def _matching(body: Json, name: str, form: re.Pattern[str]) -> str | None:
    if name not in body:
        return None
    value = text(body, name)
    if not form.fullmatch(value):
        raise ControlError(f"{name} must be of the form {form.pattern}")
    return value


def _seed(body: Json) -> str | None:
    seed = body.get("seed")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int | str)):
        raise ControlError("seed must be a number or a text")
    return None if seed is None else str(seed)[:100]


def _instant(body: Json) -> int | None:
    if "now" not in body:
        return None
    try:
        return read_instant(body["now"])
    except ValueError as problem:
        words = "now must be Unix seconds, or a time such as 2026-04-01T10:00+05:30"
        raise ControlError(words) from problem
