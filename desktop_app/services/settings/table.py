"""Settings, each declared once in `SETTINGS`.

A row of the table is all that an ordinary setting needs: the settings page, the first set-up and
the command line are made from it. Its texts are English; the window translates them.
"""

from __future__ import annotations

from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.cash_law import MOST_CASH, MOST_DEPOSITS, WARN_FROM
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.gstin import normalise_gstin
from desktop_app.domain.reasons import SHIPPED, ReasonKind, as_text, checked_list, setting_of
from desktop_app.domain.receipt import normalise_desk_id
from desktop_app.domain.students import normalise_email, normalise_phone, normalise_state
from desktop_app.domain.text import clean_line, optional_line, require_line
from desktop_app.services import languages
from desktop_app.services.settings import checks
from desktop_app.services.settings.checks import UPI_LIMITS
from desktop_app.services.views.settings import SettingsView

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Choices = tuple[tuple[str, str], ...]

LOGO = "centre.logo"
"""Put as the path of a picture, kept as the name of the desk's own copy."""


class Kind(Enum):
    """The editor of a setting that has no choices."""

    LINE = auto()
    RUPEES = auto()
    """Typed in rupees, kept in paise."""
    PERCENT = auto()
    """Typed in percent, kept in basis points."""
    MINUTES = auto()
    """Typed in minutes, kept in seconds."""
    STATE = auto()
    THEME = auto()
    """One of the choices, each with a picture."""
    PRINTER = auto()
    PICTURE = auto()


class Section(NamedTuple):
    """A section of the settings page, or a step of the first set-up.

    Attributes:
        can_reset: whether the section offers to restore the defaults of its settings.
        has_sample: whether a sample receipt is shown beside it.
    """

    title: str
    sentence: str = ""
    can_reset: bool = True
    has_sample: bool = False


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
        section: the section of the page it is in; `place` orders its fields there, and equal
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
    wizard: WizardField | None = None

    def checked(self, value: str) -> str:
        """Return a value as it is kept. Raises InvalidInputError with the key as its field."""
        return self._about(
            partial(checks.one_of, self.choices) if self.choices else self.check, value
        )

    def from_screen(self, text: str) -> str:
        """Return what was typed as it is kept. Raises InvalidInputError like `checked`."""
        return self._about(self.typed, text) if self.typed else self.checked(text)

    def _about(self, check: Callable[[str], str], value: str) -> str:
        try:
            return check(value)
        except InvalidInputError as error:
            raise error.about(self.key) from error


SECTIONS: Mapping[str, Section] = {
    "centre": Section(
        "Centre and GST", "Shown on receipts and on the customer display.", can_reset=False,
        has_sample=True,
    ),
    "desk": Section(
        "This desk",
        "Each desk needs its own ID. Make the first 2 characters different too, because practice "
        "receipts show only those.",
        has_sample=True,
    ),
    "gateway": Section(
        "Razorpay", "This PC stores your API keys securely and never shows them again."
    ),
    "payments": Section("Payments", "These settings apply to new payments."),
    "concessions": Section("Concessions", "These settings apply to new concessions and promo "
                                          "codes."),
    "fees": Section("Fees", "These settings apply to new fee plans and bills."),
    "reasons": Section(
        "Reasons",
        "We suggest these reasons when you enter one. Separate them with commas. You can "
        "always enter another reason.",
    ),
    "printing": Section(
        "Printing", "If there's no printer, we save the receipt as a PDF.", has_sample=True
    ),
    "display": Section("Display and language", "Choose how Pravesh looks and sounds."),
    "backup": Section(
        "Backup",
        "Pravesh makes a backup every day and before every update, and keeps the latest 14. "
        "Copy the backups to another disk from time to time.",
    ),
    "about": Section("About and licences"),
}  # fmt: skip
"""The sections of the settings page by name, in their order."""

STEPS: Mapping[str, Section] = {
    "language": Section(
        "Welcome",
        "Set up your fee desk in 5 short steps. You can change everything later in Settings.",
    ),
    "centre": Section(
        "Your centre", "Parents see these details on every receipt.", has_sample=True
    ),
    "desk": Section("This desk", "Each desk needs its own ID."),
    "keys": Section(
        "Razorpay",
        "Enter your API keys to accept UPI. Find them on Razorpay's dashboard under Account "
        "& Settings > API keys. You can also start with cash and add the keys later.",
    ),
    "ready": Section("Your desk is ready", "What would you like to do first?"),
}
"""The steps of the first set-up by name, in their order."""

_LANGUAGES = tuple((name, code) for code, name in languages.offered().items())
"""Each language by its own name, in every language."""
_PRINTED = (("English", "en"), ("हिन्दी", "hi"))
"""The languages of receipts."""
_PAPERS = (
    ("A5 page", "a5"), ("A4 page", "a4"), ("80 mm roll", "roll80"), ("58 mm roll", "roll58"),
)  # fmt: skip
_THEMES = (
    ("Same as this PC", "system"), ("Light", "light"), ("Dark", "dark"),
    ("High contrast", "contrast"),
)  # fmt: skip
_SIZES = (
    ("100 % (normal)", "100"), ("125 %", "125"), ("150 % (large)", "150"),
    ("200 % (very large)", "200"),
)  # fmt: skip
_SHORT_SIZES = (("100 %", "100"), ("125 %", "125"), ("150 %", "150"), ("200 %", "200"))
_SOUNDS = (("Play a sound when a fee is paid", "on"), ("Off", "off"))
_CUSTOMER = (
    ("Automatic: on the second screen", "auto"), ("In a separate window", "window"),
    ("Off", "off"),
)  # fmt: skip
_FEE_BEARERS = (("The centre", "platform"), ("The parent", "customer"))
_CASH_LIMIT = partial(checks.number, 0, MOST_CASH.paise, "paise")
"""The law's limit may be lowered, never raised."""
_LATE_FEE_ORDERS = (("After the fees", "principal_first"), ("Before the fees", "late_fee_first"))
_SPREADS = (
    ("All instalments, in proportion", "proportional"), ("The first instalments", "first"),
    ("The last instalments", "last"),
)  # fmt: skip
_RECEIPTS_PER = (("One per student", "student"), ("One per bill", "bill"))
_PROMO_AFTER = (("Stays used", "off"), ("Can be used again", "on"))
_UNITS = (("1 paisa", "1"), ("₹1", "100"), ("₹10", "1000"), ("₹100", "10000"))
_SINGLE_PLANS = (
    ("Only alongside a plan with instalments", "on"),
    ("Allowed as the only plan", "off"),
)
_PROFILES = (
    ("None", "none"), ("Central guidelines, 2024", "moe-2024"),
    ("Rajasthan, 2025", "rajasthan-2025"),
    ("Jharkhand, 2025", "jharkhand-2025"), ("Custom rules", "own"),
)  # fmt: skip
_REASONS: Mapping[ReasonKind, str] = {
    ReasonKind.CONCESSION: "&Concession",
    ReasonKind.REFUND: "&Refund",
    ReasonKind.WAIVE: "&Waive a late fee",
    ReasonKind.LATE_FEE: "&Add a late fee",
    ReasonKind.WRITE_OFF: "Write &off a fee",
    ReasonKind.RESTORE: "Restore a written-off &fee",
    ReasonKind.MOVE_DATE: "Change the &due date",
    ReasonKind.CHANGE: "Change &instalments, batch or course",
    ReasonKind.CREDIT: "&Move credit",
    ReasonKind.CHEQUE: "Returned or lost c&heque",
    ReasonKind.CLAIM: "Remove a &payment",
}
_ROWS = (
    Setting(
        "centre.name", "", partial(checks.line, 120), "centre", "Centre &name", is_wide=True,
        typed=partial(require_line, "value", "The centre's name", longest=120),
        wizard=WizardField("centre", "Centre &name"),
    ),
    Setting(
        "centre.address", "", partial(checks.line, 300), "centre", "&Address", is_wide=True,
        typed=partial(optional_line, "value", "The address", longest=300),
        wizard=WizardField("centre", "&Address"),
    ),
    Setting(
        "centre.phone", "", normalise_phone, "centre", "&Phone",
        "Parents can call this number.", wizard=WizardField("centre", "&Phone"),
    ),
    Setting(
        "centre.email", "", normalise_email, "centre", "&Email",
        "We send this email address to Razorpay if a parent has none.",
        wizard=WizardField("centre", "&Email"),
    ),
    Setting(
        "centre.gstin", "", normalise_gstin, "centre", "&GSTIN",
        "Leave this field empty if you aren't registered for GST. Pravesh won't charge GST.",
        wizard=WizardField("centre", "&GSTIN", "Leave this field empty if you aren't "
                                               "registered for GST."),
    ),
    Setting(
        "centre.state", "", normalise_state, "centre", "&State", kind=Kind.STATE,
        wizard=WizardField("centre", "&State"),
    ),
    Setting(
        LOGO, "", checks.logo, "centre", "Logo", kind=Kind.PICTURE, typed=str, is_wide=True,
        wizard=WizardField("centre", "Logo"),
    ),
    Setting(
        "desk.id", "D1", normalise_desk_id, "desk", "&Desk ID",
        wizard=WizardField("desk", "&Desk ID"),
    ),
    Setting(
        "upi.limit_paise", str(UPI_LIMITS[0].paise),
        partial(checks.number, 100, UPI_LIMITS[1].paise, "paise"), "payments",
        "&UPI limit for one payment, in rupees",
        "1,00,000 for most accounts. Verified education accounts can go up to 5,00,000.",
        kind=Kind.RUPEES, typed=checks.upi_limit, is_wide=True, place=1,
    ),
    Setting("gateway.requests_per_minute", "60", partial(checks.number, 6, 600, "requests")),
    Setting(
        "gateway.desks_on_this_key", "1", partial(checks.number, 1, 50, "desks"), "gateway",
        "Number of &desks with these "
        "API keys", "All desks with these keys share Razorpay's per-minute "
                                      "limit.", is_wide=True,
    ),
    Setting(
        "gateway.fee_bearer", "platform", section="gateway", label="Who pays Razorpay's &fee",
        hint="Choose the same setting as in your Razorpay account.", choices=_FEE_BEARERS,
        is_wide=True,
    ),
    Setting(
        "payment.expiry_s", "900", partial(checks.number, 120, 7200, "seconds"), "payments",
        "QR and link &validity, in minutes", "Enter 2 to 120 minutes.", kind=Kind.MINUTES,
        typed=partial(checks.minutes, 2, 120), is_wide=True,
    ),
    Setting(
        "late_fees.order", "principal_first", section="payments",
        label="Apply part payments to &late fees", hint=("Applies to a part payment when you "
                                                         "don't select a fee."),
        choices=_LATE_FEE_ORDERS, is_wide=True, place=2,
    ),
    Setting(
        "defaulter_days", "7", partial(checks.number, 0, 365, "days"), "payments",
        "Days &overdue before you call a family", "We add the fee plan's days without a late "
                                                  "fee to this number.",
        is_wide=True, place=2,
    ),
    Setting(
        "display.theme", "system", kind=Kind.THEME, section="display", label="&Theme",
        choices=_THEMES,
    ),
    Setting(
        "display.language", "en", section="display", label="&Language", choices=_LANGUAGES,
        place=-1, wizard=WizardField("language", "Language / भाषा", title="Language"),
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
        "receipt.paper", "a5", section="printing", label="Receipt &paper", choices=_PAPERS,
        wizard=WizardField("desk", "&Receipt paper", title="Receipt paper"),
    ),
    Setting(
        "receipt.language", "en", section="printing", label="Receipt &language",
        choices=_PRINTED,
    ),
    Setting(
        "print.printer", "", partial(checks.line, 200), "printing", "P&rinter",
        kind=Kind.PRINTER, is_wide=True, wizard=WizardField("desk", "P&rinter"),
    ),
    Setting(
        "cash.count_each", "off", section="payments", label="Count notes and coin&s",
        hint="To take cash, press F8 and enter each note and coin, e.g. 2x500 1x200.",
        choices=(("Only the sum", "off"), ("Each cash payment", "on")), is_wide=True, place=2,
    ),
    Setting("cash.day_limit_paise", str(MOST_CASH.paise), _CASH_LIMIT),
    Setting("cash.enrollment_limit_paise", str(MOST_CASH.paise), _CASH_LIMIT),
    Setting("cash.per_enrollment", "stop", choices=(("Stop", "stop"), ("Warn", "warn"))),
    Setting("cash.warn_paise", str(WARN_FROM.paise), _CASH_LIMIT),
    Setting(
        "deposits.cash_limit_paise", str(MOST_DEPOSITS.paise),
        partial(checks.number, 0, MOST_DEPOSITS.paise, "paise"),
    ),
    Setting("claimed.limit_paise", "1000000", partial(checks.number, 0, 10**9, "paise")),
    Setting("claimed.days", "3", partial(checks.number, 1, 60, "working days")),
    Setting(
        "cheque.activates", "receipt",
        choices=(("Receipt", "receipt"), ("Clearance", "clearance")),
    ),
    Setting(
        "cheque.books_on", "clearance",
        choices=(("Clearance", "clearance"), ("Receipt", "receipt")),
    ),
    Setting("cheque.most_bounces", "2", partial(checks.number, 1, 99, "cheques")),
    Setting("cheque.bounce_charge_paise", "0", partial(checks.charge, 10**7)),
    Setting(
        "concessions.cap_bp", "4000", partial(checks.number, 0, 10_000, "basis points"),
        "concessions", "Combined &limit for all concessions, in %",
        "Enter a percentage of the list price. Concessions exempt from this limit don't "
        "count towards it.",
        kind=Kind.PERCENT, typed=checks.percent, is_wide=True,
    ),
    Setting(
        "concessions.limit_bp", "10000", partial(checks.number, 0, 10_000, "basis points"),
        "concessions", "&Maximum concession at this desk, in %", "Enter a percentage of the "
                                                                 "list price.",
        kind=Kind.PERCENT, typed=checks.percent, is_wide=True,
    ),
    Setting(
        "concessions.limit_paise", "0", partial(checks.number, 0, 10**10, "paise"), "concessions",
        "Maximum concession &given at this desk, in rupees", "Enter 0 for no limit.",
        kind=Kind.RUPEES, typed=checks.rupees_or_none, is_wide=True,
    ),
    Setting(
        "concessions.spread", "proportional", section="concessions",
        label="Apply a concession &to", choices=_SPREADS, is_wide=True,
    ),
    Setting(
        "promo.free_after_refund", "off", section="concessions",
        label="Promo code after a &refund", choices=_PROMO_AFTER, is_wide=True,
    ),
    Setting(
        "plans.default_parts", "4", partial(checks.number, 1, 24, "instalments"), "fees",
        "&Instalments in a new plan", "1 to 24.",
    ),
    Setting(
        "plans.unit_paise", "100", section="fees", label="&Round instalments to",
        hint="The last instalment covers the rest.", choices=_UNITS,
    ),
    Setting(
        "rules.instalments_required", "on", section="fees", label="Single &payment",
        hint="Choose whether a single payment can be a course's only plan.",
        choices=_SINGLE_PLANS, is_wide=True,
    ),
    Setting(
        "rules.profile", "moe-2024", section="fees", label="Your state's r&ules",
        hint="Under Rajasthan's rules, books are free, so we don't offer them as a fee head.",
        choices=_PROFILES, is_wide=True,
    ),
    Setting(
        "bill.least_part_paise", "50000", partial(checks.number, 100, 10**9, "paise"), "fees",
        "&Minimum part payment, in rupees", "If less than this minimum is due, collect the "
                                            "full amount.",
        kind=Kind.RUPEES, typed=partial(checks.rupees, 100, 10**9), is_wide=True,
    ),
    Setting(
        "bill.hold_minutes", "30", partial(checks.number, 1, 240, "minutes"), "fees",
        "Hold seats for a part-paid &bill, in minutes", "1 to 240.", is_wide=True,
    ),
    Setting(
        "receipts.per", "student", section="fees", label="Family bill re&ceipts",
        hint="You can issue one receipt per bill only if you have no GSTIN.", choices=_RECEIPTS_PER,
        is_wide=True,
    ),
    *(
        Setting(
            setting_of(kind), as_text(SHIPPED[kind]), checked_list, "reasons", words, is_wide=True
        )
        for kind, words in _REASONS.items()
    ),
    Setting("setup.done", "no", choices=(("Yes", "yes"), ("No", "no"))),
)  # fmt: skip

SETTINGS: dict[str, Setting] = {row.key: row for row in _ROWS}
"""Every setting by its key, in the order of the command line's list."""


def in_section(name: str) -> list[Setting]:
    """Return the settings of a section, in the order of their fields."""
    found = (setting for setting in SETTINGS.values() if setting.section == name)
    return sorted(found, key=lambda setting: setting.place)


def in_wizard(step: str) -> list[tuple[Setting, WizardField]]:
    """Return the settings of a step of the first set-up with their fields, in order."""
    return [
        (setting, setting.wizard)
        for setting in SETTINGS.values()
        if setting.wizard is not None and setting.wizard.step == step
    ]


def settings_view(stored: Mapping[str, str]) -> SettingsView:
    """Return the stored settings, with defaults for those that are not stored."""
    return SettingsView({key: stored.get(key, row.default) for key, row in SETTINGS.items()})
