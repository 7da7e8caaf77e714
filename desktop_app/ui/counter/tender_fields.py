"""The ways of paying at the counter with their letters, and the fields that each asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from desktop_app.domain.tender import Evidence, InstrumentKind, ReferenceShape
from desktop_app.ui.core.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.domain.tenders.base import TenderRules

WAYS = (
    ("cash", N_("&Cash"), Qt.Key.Key_C),
    ("cheque", N_("Che&que"), Qt.Key.Key_Q),
    ("draft", N_("&Demand draft"), Qt.Key.Key_D),
    ("card_machine", N_("Card &machine"), Qt.Key.Key_M),
    ("bank", N_("&Bank transfer"), Qt.Key.Key_B),
    ("upi_static", N_("&UPI, QR on the wall"), Qt.Key.Key_U),
    ("credit", N_("Credit (&K)"), Qt.Key.Key_K),
)
"""The ways with their letters, which no field beside them has."""
TRANSFERS = ((N_("NEFT"), "neft"), (N_("IMPS"), "imps"), (N_("RTGS"), "rtgs"))
FIELDS: Mapping[Evidence, tuple[str, ...]] = {
    Evidence.NONE: (),
    Evidence.TENDERED: ("tendered",),
    Evidence.INSTRUMENT: ("reference", "bank", "dated", "payer", "account", "micr"),
    Evidence.CARD_SLIP: ("reference", "terminal", "last4", "auth_code"),
    Evidence.TRANSFER: ("kind", "reference", "dated", "last4"),
    Evidence.WALL_QR: ("reference", "payer"),
    Evidence.NOTE: ("reference",),
}
"""The fields of each kind of evidence, in the order of Tab."""
PAYERS: Mapping[Evidence, N_] = {
    Evidence.INSTRUMENT: N_("&Signed by"),
    Evidence.WALL_QR: N_("&Paid by (name or UPI ID)"),
}
_NUMBERS: Mapping[InstrumentKind | ReferenceShape, N_] = {
    InstrumentKind.CHEQUE: N_("Cheque numbe&r"),
    InstrumentKind.DRAFT: N_("Draft numbe&r"),
    ReferenceShape.RRN: N_("&RRN (12 digits)"),
    ReferenceShape.CARD_RRN: N_("&RRN on the slip (12 digits)"),
    ReferenceShape.NEFT: N_("UT&R (16 letters and digits)"),
    ReferenceShape.RTGS: N_("UT&R (22 letters and digits)"),
}
_PAPERS: Mapping[InstrumentKind, tuple[N_, N_]] = {
    InstrumentKind.CHEQUE: (
        N_("Take the cheque"),
        N_("This cheque is post-dated. Deposit it on or after {day}."),
    ),
    InstrumentKind.DRAFT: (
        N_("Take the draft"),
        N_("This draft is post-dated. Deposit it on or after {day}."),
    ),
}
_ACTIONS: Mapping[Evidence, N_] = {
    Evidence.TENDERED: N_("Record cash"),
    Evidence.NONE: N_("Use credit"),
}
RECORD = N_("Record payment")


def number_words(rules: TenderRules) -> N_:
    """Return the name of the number of a tender; empty where it has none."""
    kind = rules.instrument or rules.shape
    return _NUMBERS[kind] if kind is not None else N_("&Number")


def action_words(rules: TenderRules) -> N_:
    """Return the words of the button that records a tender."""
    if rules.instrument is not None:
        return _PAPERS[rules.instrument][0]
    return _ACTIONS.get(rules.evidence, RECORD)


def held_words(kind: InstrumentKind) -> N_:
    """Return the words about a paper whose day is still to come."""
    return _PAPERS[kind][1]
