"""Settings, each declared once in `SETTINGS`, and keys: validated before they are kept.

A row of the table is all that an ordinary setting needs: the settings dialog, the first set-up,
the settings page and the command line are made from it. Its texts are English; the window
translates them. Keys are never shown again.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.gstin import normalise_gstin
from desktop_app.domain.money import Money, parse_rupees
from desktop_app.domain.receipt import normalise_desk_id
from desktop_app.domain.students import normalise_email, normalise_state
from desktop_app.domain.text import clean_line, optional_line, require_line
from desktop_app.services.views.settings import SettingsView

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from desktop_app.services.context import Context
    from desktop_app.services.ports.gateway import PaymentGateway
    from desktop_app.services.ports.system import KeyVault
    from desktop_app.services.views.settings import KeysView

    Choices = tuple[tuple[str, str], ...]

UPI_LIMITS = (Money(1_00_000_00), Money(5_00_000_00))
"""₹1,00,000 for a merchant; ₹5,00,000 where the account is verified for education."""

_LOGO = re.compile(r"logo-[0-9a-f]{16}\.png")
_KEY_ID = re.compile(r"rzp_(test|live)_[A-Za-z0-9]{8,40}")


LOGO = "centre.logo"
"""Put as the path of a picture, kept as the name of the desk's own copy."""


class Kind(Enum):
    """The editor of a setting that has no choices."""

    LINE = auto()
    RUPEES = auto()
    """Typed in rupees, kept in paise."""
    STATE = auto()
    PRINTER = auto()
    PICTURE = auto()


class Section(NamedTuple):
    """A page of the settings dialog, or a step of the first set-up.

    Attributes:
        can_reset: whether the page offers to show the defaults of its settings.
    """

    title: str
    sentence: str = ""
    can_reset: bool = True


class Summary(NamedTuple):
    """The row of a setting on the settings page.

    Attributes:
        caption: the word before the value.
        words: the value in a phrase, as `{value}`; empty for the value alone.
        unset: shown in place of an empty value.
    """

    caption: str
    words: str = ""
    unset: str = "not set"


class WizardField(NamedTuple):
    """The field of a setting in the first set-up.

    Attributes:
        step: the step it is on, of `STEPS`.
        title: what is chosen, for screen readers, where there are choices.
        choices: shorter words than those of the setting.
    """

    step: str
    label: str
    hint: str = ""
    title: str = ""
    choices: Choices = ()


class Setting(NamedTuple):
    """One setting. Without a section it is set by the command line only.

    Attributes:
        check: turns a value into the text that is kept; raises InvalidInputError.
        choices: words and values, where it is one of a few.
        section: the page of the dialog it is on; `place` orders its fields there, and equal
            places keep the order of the table.
        label: on screen; the ampersand marks the access key, which is unique on a page.
        hint: a help under the field.
        is_wide: whether the field takes the whole width.
        typed: turns what is typed on screen into the text that is kept, where it is not `check`.
    """

    key: str
    default: str
    check: Callable[[str], str] = clean_line
    section: str = ""
    label: str = ""
    hint: str = ""
    kind: Kind = Kind.LINE
    choices: Choices = ()
    typed: Callable[[str], str] | None = None
    is_wide: bool = False
    place: int = 0
    summary: Summary | None = None
    wizard: WizardField | None = None

    def checked(self, value: str) -> str:
        """Return a value as it is kept. Raises InvalidInputError with the key as its field."""
        return self._about(partial(_one_of, self.choices) if self.choices else self.check, value)

    def from_screen(self, text: str) -> str:
        """Return what was typed as it is kept. Raises InvalidInputError like `checked`."""
        return self._about(self.typed, text) if self.typed else self.checked(text)

    def _about(self, check: Callable[[str], str], value: str) -> str:
        try:
            return check(value)
        except InvalidInputError as error:
            raise error.about(self.key) from error


def _line(longest: int, value: str) -> str:
    line = clean_line(value)
    if len(line) > longest:
        raise InvalidInputError(
            "value", "This is longer than {longest} characters.", longest=longest
        )
    return line


def _number(low: int, high: int, unit: str, value: str) -> str:
    typed = clean_line(value).replace(",", "")
    if not typed.isdecimal() or not low <= int(typed) <= high:
        raise InvalidInputError(
            "value", "This is a whole number of {unit}, {low} to {high}.",
            unit=unit, low=low, high=high,
        )  # fmt: skip
    return str(int(typed))


def _one_of(choices: Choices, value: str) -> str:
    typed = clean_line(value).lower()
    allowed = [each for _words, each in choices]
    if typed not in allowed:
        raise InvalidInputError("value", "This is one of: {choices}.", choices=", ".join(allowed))
    return typed


def _logo(value: str) -> str:
    name = clean_line(value)
    if name and not _LOGO.fullmatch(name):
        raise InvalidInputError("value", "This is no picture that the desk keeps.")
    return name


def _rupees(typed: str) -> str:
    return str(parse_rupees(typed, limit=UPI_LIMITS[1]).paise)


SECTIONS: Mapping[str, Section] = {
    "centre": Section(
        "Centre and GST", "This stands on every receipt and on the customer display.",
        can_reset=False,
    ),
    "desk": Section(
        "This desk",
        "Every desk needs its own id. The first two characters must differ: practice receipts "
        "show only those.",
    ),
    "gateway": Section(
        "Razorpay", "The keys are kept by the system's keyring and never shown again."
    ),
    "printing": Section(
        "Printing", "A receipt that finds no printer is kept as PDF; no payment is lost by it."
    ),
    "display": Section(
        "Display and language",
        "Changes are seen at once when you press Apply; no restart is needed.",
    ),
    "backup": Section(
        "Backup",
        "A backup is made by itself every day and before every upgrade; the newest fourteen are "
        "kept. Keep a copy on another disk.",
    ),
    "about": Section("About and licences"),
}  # fmt: skip
"""The pages of the settings dialog by name, in their order."""

STEPS: Mapping[str, Section] = {
    "language": Section(
        "Welcome",
        "Five short steps set this desk up. All of it can be changed later, under Settings.",
    ),
    "centre": Section("Your centre", "This stands on every receipt. It can be changed later."),
    "desk": SECTIONS["desk"],
    "keys": Section(
        "Razorpay",
        "With keys from the Razorpay dashboard (Account & Settings, API keys) the desk "
        "takes UPI. Without them it takes cash; they can be entered later.",
    ),
    "ready": Section("Ready", "This is how the desk will be set up."),
}
"""The steps of the first set-up by name, in their order."""

_LANGUAGES = (("English", "en"), ("हिन्दी", "hi"))
"""Each language by its own name, in every language."""
_PAPERS = (
    ("A5 page", "a5"), ("A4 page", "a4"), ("80 mm roll", "roll80"), ("58 mm roll", "roll58"),
)  # fmt: skip
_THEMES = (
    ("As the system", "system"), ("Light", "light"), ("Dark", "dark"),
    ("High contrast", "contrast"),
)  # fmt: skip
_SIZES = (
    ("100 % (normal)", "100"), ("125 %", "125"), ("150 % (large)", "150"),
    ("200 % (very large)", "200"),
)  # fmt: skip
_SHORT_SIZES = (("100 %", "100"), ("125 %", "125"), ("150 %", "150"), ("200 %", "200"))
_SOUNDS = (("On: a short sound when paid", "on"), ("Off", "off"))
_CUSTOMER = (
    ("On the second screen, by itself", "auto"), ("In a window of its own", "window"),
    ("Not shown", "off"),
)  # fmt: skip
_FEE_BEARERS = (("The centre", "platform"), ("The parent", "customer"))
_ROWS = (
    Setting(
        "centre.name", "", partial(_line, 120), "centre", "Centre's &name", is_wide=True,
        typed=partial(require_line, "value", "The centre's name", longest=120),
        summary=Summary("Centre"), wizard=WizardField("centre", "&Name"),
    ),
    Setting(
        "centre.address", "", partial(_line, 300), "centre", "&Address on receipts", is_wide=True,
        typed=partial(optional_line, "value", "The address", longest=300),
        summary=Summary("Address"), wizard=WizardField("centre", "&Address"),
    ),
    Setting(
        "centre.gstin", "", normalise_gstin, "centre", "&GSTIN",
        "Leave empty when not registered: then no GST is charged.",
        summary=Summary("GSTIN", unset="not registered: no GST is charged"),
        wizard=WizardField("centre", "&GSTIN", "Leave empty when not registered: no GST then."),
    ),
    Setting(
        "centre.state", "", normalise_state, "centre", "&State", kind=Kind.STATE,
        wizard=WizardField("centre", "&State"),
    ),
    Setting(
        "centre.email", "", normalise_email, "centre", "&E-mail",
        "Used for parents who have none; Razorpay asks for one.", is_wide=True,
        summary=Summary("E-mail"), wizard=WizardField("centre", "&E-mail"),
    ),
    Setting(
        LOGO, "", _logo, "centre", "Picture on receipts", kind=Kind.PICTURE, typed=str,
        is_wide=True,
    ),
    Setting(
        "desk.id", "D1", normalise_desk_id, "desk", "&Desk id",
        summary=Summary("Desk"), wizard=WizardField("desk", "&Desk id"),
    ),
    Setting(
        "upi.limit_paise", str(UPI_LIMITS[0].paise),
        partial(_number, 100, UPI_LIMITS[1].paise, "paise"), "desk", "&UPI limit in rupees",
        "For one payment: 1,00,000; up to 5,00,000 for verified education accounts.",
        kind=Kind.RUPEES, typed=_rupees, summary=Summary("UPI limit", "{value} a payment"),
    ),
    Setting("gateway.requests_per_minute", "60", partial(_number, 6, 600, "requests")),
    Setting(
        "gateway.desks_on_this_key", "1", partial(_number, 1, 50, "desks"), "gateway",
        "&Desks that use these keys", "They share what Razorpay allows in a minute.",
        is_wide=True,
    ),
    Setting(
        "gateway.fee_bearer", "platform", section="gateway", label="Razorpay's &fee is paid by",
        hint="As your Razorpay account is set.", choices=_FEE_BEARERS, is_wide=True,
    ),
    Setting("payment.expiry_s", "900", partial(_number, 120, 7200, "seconds")),
    Setting(
        "display.theme", "system", section="display", label="Loo&k", choices=_THEMES,
        summary=Summary("Look"),
    ),
    Setting(
        "display.language", "en", section="display", label="&Language", choices=_LANGUAGES,
        place=-1, summary=Summary("Language"),
        wizard=WizardField("language", "Language / भाषा", title="Language"),
    ),
    Setting(
        "display.text_size", "100", section="display", label="Te&xt size", choices=_SIZES,
        place=-1,
        wizard=WizardField("language", "Text size", title="Text size", choices=_SHORT_SIZES),
    ),
    Setting("display.sound", "on", section="display", label="S&ound", choices=_SOUNDS),
    Setting(
        "display.customer", "auto", section="display", label="&Customer display",
        choices=_CUSTOMER, is_wide=True,
    ),
    Setting(
        "receipt.paper", "a5", section="printing", label="Receipts on &paper", choices=_PAPERS,
        summary=Summary("Receipts on"),
        wizard=WizardField("desk", "&Receipts are printed on", title="Paper"),
    ),
    Setting(
        "receipt.language", "en", section="printing", label="&Language of receipts",
        choices=_LANGUAGES,
    ),
    Setting(
        "print.printer", "", partial(_line, 200), "printing", "P&rinter", kind=Kind.PRINTER,
        is_wide=True,
    ),
    Setting("setup.done", "no", choices=(("Yes", "yes"), ("No", "no"))),
)  # fmt: skip

SETTINGS: dict[str, Setting] = {row.key: row for row in _ROWS}
"""Every setting by its key, in the order of the command line's list."""


def in_section(name: str) -> list[Setting]:
    """Return the settings on a page of the dialog, in the order of their fields."""
    found = (setting for setting in SETTINGS.values() if setting.section == name)
    return sorted(found, key=lambda setting: setting.place)


def in_wizard(step: str) -> list[tuple[Setting, WizardField]]:
    """Return the settings of a step of the first set-up with their fields, in order."""
    return [
        (setting, setting.wizard)
        for setting in SETTINGS.values()
        if setting.wizard is not None and setting.wizard.step == step
    ]


def in_summary() -> list[tuple[Setting, Summary]]:
    """Return the settings on the settings page with their rows, in the order of the sections."""
    return [
        (setting, setting.summary)
        for name in SECTIONS
        for setting in SETTINGS.values()
        if setting.section == name and setting.summary is not None
    ]


def settings_view(stored: Mapping[str, str]) -> SettingsView:
    """Return the stored settings, with defaults for those that are not stored."""
    return SettingsView({key: stored.get(key, row.default) for key, row in SETTINGS.items()})


def checked_key_id(key_id: str, *, is_training: bool, is_loopback: bool) -> str:
    """Check a key id's shape, and that live keys never meet a sandbox.

    Raises:
        InvalidInputError: it is no key id, or a live one in training or against a sandbox.
    """
    bare = key_id.strip()
    if not _KEY_ID.fullmatch(bare):
        raise InvalidInputError("key_id", "A key id looks like rzp_test_… or rzp_live_….")
    if bare.startswith("rzp_live_") and (is_training or is_loopback):
        raise InvalidInputError(
            "key_id", "A live key is not used in training or with a sandbox. Nothing was sent."
        )
    return bare


CODES_SEEN_S = 90 * 86_400
"""How far back another desk's orders show that its code is in use, in seconds."""


class SettingsService:
    """Reads and writes settings and keys: the `Settings` of the desk.

    Args:
        vault: keeps the keys.
        trial: makes a gateway for keys under test.
        key_check: checks a key id against this desk's mode.
        changed: called after every write.
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
        """Return all settings."""
        return self._context.settings()

    def get(self, key: str) -> str:
        """Return one setting as text. Raises InvalidInputError for an unknown key."""
        return self._context.store.reader.settings.all().get(key, _known(key).default)

    def put(self, key: str, value: str) -> None:
        """Set one setting, validated. Raises InvalidInputError."""
        setting = _known(key)
        if key == LOGO and value and not _LOGO.fullmatch(value):
            value = self._context.documents.keep_logo(Path(value))
        checked = setting.checked(value)
        with self._context.store.writing() as work:
            work.put_setting(key, checked)
            self._context.audit(work, "setting.changed", key, {"value": checked})
            work.commit()
        self._changed()

    def names(self) -> tuple[str, ...]:
        """Return the key of every setting."""
        return tuple(SETTINGS)

    def keys(self) -> KeysView:
        """Return the keys, masked."""
        return self._vault.view()

    def set_keys(self, key_id: str, key_secret: str) -> KeysView:
        """Store new keys in the system's keyring. Raises InvalidInputError, NoKeyringError."""
        checked = self._key_check(key_id)
        secret = key_secret.strip()
        if not secret or any(letter.isspace() for letter in secret):
            raise InvalidInputError("key_secret", "The key secret is missing or has blanks in it.")
        self._vault.save(checked, secret)
        self._note_keys("keys.set", mode_name(checked))
        return self.keys()

    def forget_keys(self) -> None:
        """Remove the keys from the keyring."""
        self._vault.forget()
        self._note_keys("keys.forgotten", "keyring")

    def _note_keys(self, action: str, subject: str) -> None:
        with self._context.store.writing() as work:
            self._context.audit(work, action, subject)
            work.commit()
        self._changed()

    def check_keys(self, key_id: str, key_secret: str) -> None:
        """Try keys with one harmless read. Raises a GatewayError when they fail."""
        self._trial(self._key_check(key_id), key_secret.strip()).ping()

    def unused_code(self, code: str, key_id: str = "", key_secret: str = "") -> str:
        """Return a desk code, or a free one where another desk of the account has one like it.

        Args:
            code: the code to keep if it is unused.
            key_id: the account's key; empty for the stored keys.
            key_secret: its secret.

        Raises:
            GatewayError: the account's newest orders could not be read.
        """
        from desktop_app.domain.desk_code import free_code, is_alike  # no start needs it
        from desktop_app.services.identity.foreign_orders import codes_of_others

        gateway = self._context.gateway()
        if key_id:
            gateway = self._trial(self._key_check(key_id), key_secret.strip())
        since = int(self._context.now().timestamp()) - CODES_SEEN_S
        orders = gateway.orders_since(since, asked=True)
        taken = codes_of_others(self._context, filter(None, orders))
        return free_code({code, *taken}) if any(is_alike(code, each) for each in taken) else code


def mode_name(key_id: str) -> str:
    """Return `test` or `live`, all that the audit trail records of a key."""
    return "live" if key_id.startswith("rzp_live_") else "test"


def _known(key: str) -> Setting:
    setting = SETTINGS.get(key)
    if setting is None:
        names = ", ".join(SETTINGS)
        words = "There is no setting “{name}”. There are: {names}"
        raise InvalidInputError(key, words, name=key, names=names)
    return setting
