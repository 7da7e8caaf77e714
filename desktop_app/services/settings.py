"""Settings and keys: every value validated before it is kept, keys never shown again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.gstin import normalise_gstin
from desktop_app.domain.money import Money
from desktop_app.domain.receipt import normalise_desk_id
from desktop_app.domain.students import normalise_email, normalise_state
from desktop_app.domain.text import clean_line
from desktop_app.services.views.receipts import CentreView
from desktop_app.services.views.settings import SettingsView

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from desktop_app.services.context import Context
    from desktop_app.services.ports.gateway import PaymentGateway
    from desktop_app.services.ports.system import KeyVault
    from desktop_app.services.views.settings import KeysView

UPI_LIMITS = (Money(1_00_000_00), Money(5_00_000_00))
"""₹1,00,000 for a merchant; ₹5,00,000 where the account is verified for education."""

_LOGO = re.compile(r"logo-[0-9a-f]{16}\.png")
_KEY_ID = re.compile(r"rzp_(test|live)_[A-Za-z0-9]{8,40}")


LOGO = "centre.logo"
"""Put as the path of a picture, kept as the name of the desk's own copy."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its default, and how a typed value is checked and written."""

    default: str
    check: Callable[[str], str]


def _line(longest: int) -> Callable[[str], str]:
    def check(value: str) -> str:
        line = clean_line(value)
        if len(line) > longest:
            raise InvalidInputError(
                "value", "This is longer than {longest} characters.", longest=longest
            )
        return line

    return check


def _number(low: int, high: int, unit: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        typed = clean_line(value).replace(",", "")
        if not typed.isdecimal() or not low <= int(typed) <= high:
            raise InvalidInputError(
                "value",
                "This is a whole number of {unit}, {low} to {high}.",
                unit=unit,
                low=low,
                high=high,
            )
        return str(int(typed))

    return check


def _choice(*allowed: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        typed = clean_line(value).lower()
        if typed not in allowed:
            raise InvalidInputError(
                "value", "This is one of: {choices}.", choices=", ".join(allowed)
            )
        return typed

    return check


def _logo(value: str) -> str:
    name = clean_line(value)
    if name and not _LOGO.fullmatch(name):
        raise InvalidInputError("value", "This is no picture that the desk keeps.")
    return name


SETTINGS: dict[str, Setting] = {
    "centre.name": Setting("", _line(120)),
    "centre.address": Setting("", _line(300)),
    "centre.gstin": Setting("", normalise_gstin),
    "centre.state": Setting("", normalise_state),
    "centre.email": Setting("", normalise_email),
    "centre.logo": Setting("", _logo),
    "desk.id": Setting("D1", normalise_desk_id),
    "upi.limit_paise": Setting(
        str(UPI_LIMITS[0].paise), _number(100, UPI_LIMITS[1].paise, "paise")
    ),
    "gateway.requests_per_minute": Setting("60", _number(6, 600, "requests")),
    "gateway.desks_on_this_key": Setting("1", _number(1, 50, "desks")),
    "payment.expiry_s": Setting("900", _number(120, 7200, "seconds")),
    "display.theme": Setting("system", _choice("system", "light", "dark", "contrast")),
    "display.language": Setting("en", _choice("en", "hi")),
    "display.text_size": Setting("100", _choice("100", "125", "150", "200")),
    "display.sound": Setting("on", _choice("on", "off")),
    "display.customer": Setting("auto", _choice("auto", "window", "off")),
    "receipt.paper": Setting("a5", _choice("a4", "a5", "roll80", "roll58")),
    "receipt.language": Setting("en", _choice("en", "hi")),
    "print.printer": Setting("", _line(200)),
    "setup.done": Setting("no", _choice("yes", "no")),
}


def settings_view(stored: Mapping[str, str]) -> SettingsView:
    """Read settings as stored, with defaults for what is not."""

    def value(key: str) -> str:
        return stored.get(key, SETTINGS[key].default)

    return SettingsView(
        centre=CentreView(
            name=value("centre.name"),
            address=value("centre.address"),
            gstin=value("centre.gstin"),
            state=value("centre.state"),
            email=value("centre.email"),
            logo=value("centre.logo"),
        ),
        desk_id=value("desk.id"),
        upi_limit_paise=int(value("upi.limit_paise")),
        requests_per_minute=max(
            1,
            int(value("gateway.requests_per_minute")) // int(value("gateway.desks_on_this_key")),
        ),
        expiry_s=int(value("payment.expiry_s")),
        theme=value("display.theme"),
        paper=value("receipt.paper"),
        printer=value("print.printer"),
        language=value("display.language"),
        text_percent=int(value("display.text_size")),
        has_sound=value("display.sound") == "on",
        customer_display=value("display.customer"),
        receipt_language=value("receipt.language"),
        setup_done=value("setup.done") == "yes",
    )


def checked_key_id(key_id: str, *, is_training: bool, is_loopback: bool) -> str:
    """Check a key id's shape, and that live keys never meet a sandbox.

    Raises:
        InvalidInputError: it is no key id, or a live one where none may be.
    """
    bare = key_id.strip()
    if not _KEY_ID.fullmatch(bare):
        raise InvalidInputError("key_id", "A key id looks like rzp_test_… or rzp_live_….")
    if bare.startswith("rzp_live_") and (is_training or is_loopback):
        raise InvalidInputError(
            "key_id", "A live key is not used in training or with a sandbox. Nothing was sent."
        )
    return bare


class SettingsService:
    """The api's `Settings`.

    Args:
        vault: where keys are kept.
        trial: makes a gateway for keys that are to be checked.
        key_check: checks a key id against this desk's mode.
    """

    def __init__(
        self,
        context: Context,
        vault: KeyVault,
        trial: Callable[[str, str], PaymentGateway],
        key_check: Callable[[str], str],
        changed: Callable[[], None],
    ) -> None:
        self._context = context
        self._vault = vault
        self._trial = trial
        self._key_check = key_check
        self._changed = changed

    def view(self) -> SettingsView:
        """Everything at once."""
        return self._context.settings()

    def get(self, key: str) -> str:
        """Read one setting as text. Raises InvalidInputError for an unknown key."""
        return self._context.store.reader.settings().get(key, _known(key).default)

    def put(self, key: str, value: str) -> None:
        """Change one setting, validated. Raises InvalidInputError."""
        setting = _known(key)
        if key == LOGO and value and not _LOGO.fullmatch(value):
            value = self._context.documents.keep_logo(Path(value))
        try:
            checked = setting.check(value)
        except InvalidInputError as error:
            raise error.about(key) from error
        with self._context.store.writing() as work:
            work.put_setting(key, checked)
            self._context.audit(work, "setting.changed", key, {"value": checked})
            work.commit()
        self._changed()

    def names(self) -> tuple[str, ...]:
        """Every key there is."""
        return tuple(SETTINGS)

    def keys(self) -> KeysView:
        """The keys, masked."""
        return self._vault.view()

    def set_keys(self, key_id: str, key_secret: str) -> KeysView:
        """Keep new keys in the system's keyring. Raises InvalidInputError, NoKeyringError."""
        checked = self._key_check(key_id)
        secret = key_secret.strip()
        if not secret or any(letter.isspace() for letter in secret):
            raise InvalidInputError("key_secret", "The key secret is missing or has blanks in it.")
        self._vault.save(checked, secret)
        with self._context.store.writing() as work:
            self._context.audit(work, "keys.set", mode_name(checked))
            work.commit()
        self._changed()
        return self.keys()

    def forget_keys(self) -> None:
        """Remove the keys from the keyring."""
        self._vault.forget()
        with self._context.store.writing() as work:
            self._context.audit(work, "keys.forgotten", "keyring")
            work.commit()
        self._changed()

    def check_keys(self, key_id: str, key_secret: str) -> None:
        """Try keys with one harmless read. Raises a GatewayError when they fail."""
        self._trial(self._key_check(key_id), key_secret.strip()).ping()


def mode_name(key_id: str) -> str:
    """`test` or `live`, all that the audit trail says of a key."""
    return "live" if key_id.startswith("rzp_live_") else "test"


def _known(key: str) -> Setting:
    setting = SETTINGS.get(key)
    if setting is None:
        raise InvalidInputError(
            key,
            "There is no setting “{name}”. There are: {names}",
            name=key,
            names=", ".join(SETTINGS),
        )
    return setting
