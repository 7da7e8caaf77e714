"""The questions before each step of a cheque, and the writing of the step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.instruments import BounceReason
from desktop_app.domain.money import total
from desktop_app.domain.reasons import ReasonKind
from desktop_app.ui.core.formatting import short_rupees
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.forms.note_form import Note

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.tenders import ChequeRow
    from desktop_app.ui.forms.note_form import Typed

    Step = tuple[Note, Callable[[Desk, Typed], object]]

THIS, ALL = "this", "all"
_REASONS = (
    (N_("Funds insufficient"), BounceReason.FUNDS),
    (N_("Exceeds arrangement"), BounceReason.ARRANGEMENT),
    (N_("Account closed"), BounceReason.CLOSED),
    (N_("Payment stopped"), BounceReason.STOPPED),
    (N_("Signature differs"), BounceReason.SIGNATURE),
    (N_("Too old"), BounceReason.STALE),
    (N_("Drawer's death"), BounceReason.DEATH),
    (N_("Another reason"), BounceReason.OTHER),
)
_DAY = N_("&Bank date")


def reason_text(reason: str) -> str:
    """Return the bank's reason in words; what was typed stays as it is."""
    words = {each.value: words for words, each in _REASONS}
    return tr(words[reason]) if reason in words else reason


def deposit(row: ChequeRow, due: Sequence[ChequeRow]) -> Step:
    """Deposit a cheque, or all that can be deposited."""
    amount = short_rupees(total(each.amount for each in due))
    asked = Note(
        N_("Deposit cheques?"), N_("Deposit"),
        N_(
            "You can deposit {count} cheque, {amount} in total.",
            "You can deposit {count} cheques, {amount} in total.",
        ),
        {"count": len(due), "amount": amount},
        note=N_("&Account"), hint=N_("e.g. HDFC 4321"), field="account", day=_DAY,
        choice=N_("&Which"),
        choices=((N_("All cheques you can deposit"), ALL), (N_("Only the selected cheque"), THIS)),
    )  # fmt: skip
    uids = [each.uid for each in due]

    def operate(desk: Desk, typed: Typed) -> object:
        chosen = [row.uid] if typed.choice == THIS else uids
        return desk.cheques.deposit(chosen, typed.text, typed.day)

    return asked, operate


def clear(row: ChequeRow) -> Step:
    """Note that the bank has credited it."""
    asked = Note(
        N_("Did the bank credit this cheque?"), N_("Credited"),
        N_("We'll record {amount} from {name} as paid and issue a receipt."), _values(row),
        day=_DAY,
    )  # fmt: skip
    return asked, lambda desk, typed: desk.cheques.clear(row.uid, typed.day)


def bounce(row: ChequeRow) -> Step:
    """Note that the bank returned it."""
    asked = Note(
        N_("Did the bank return this cheque?"), N_("Returned"),
        N_("The fee for {name} becomes due again, with its original due date."), _values(row),
        day=_DAY,
        choice=N_("&Bank's reason"),
        choices=tuple((words, reason.value) for words, reason in _REASONS),
    )  # fmt: skip
    return asked, lambda desk, typed: desk.cheques.bounce(
        row.uid, typed.choice, typed.day, row.state
    )


def give_back(row: ChequeRow) -> Step:
    """Return it to the parent."""
    asked = Note(
        N_("Return this cheque to the parent?"), N_("Return"),
        N_("The fee for {name} becomes due again. You can then show a QR."), _values(row),
        reason=ReasonKind.CHEQUE, hint=N_("e.g. will pay by UPI"),
    )  # fmt: skip
    return asked, lambda desk, typed: desk.cheques.give_back(row.uid, typed.text)


def lose(row: ChequeRow) -> Step:
    """Note that it was lost."""
    asked = Note(
        N_("Is this cheque lost?"), N_("Lost"),
        N_("The fee for {name} becomes due again. Ask the parent to stop the cheque at their "
           "bank."),
        _values(row), reason=ReasonKind.CHEQUE, hint=N_("e.g. missing from the cash drawer"),
    )  # fmt: skip
    return asked, lambda desk, typed: desk.cheques.lose(row.uid, typed.text)


def _values(row: ChequeRow) -> dict[str, object]:
    return {"amount": short_rupees(row.amount), "name": row.student_name}
