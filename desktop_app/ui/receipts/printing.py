"""Prints receipts, or saves them as PDF without a printer: a missing printer never stops a sale.

Everything runs in the LOCAL lane, since print systems can hang. The desk owns the text of receipts
and the count of their prints.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.ui.core.desktop_services import DesktopServices, file_actions
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.notice import Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Unpack

    from desktop_app.services.desk import Desk
    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.core.notice import NoticeFields, Notices
    from desktop_app.ui.receipts.printers import Printers

SLOW_MS = 10_000
"""After this long without an answer from the printer a notice is shown."""
KEY = "printed"
_FAMILY = (
    N_("Family slip sent to {printer}."),
    N_("No printer found. We saved the family slip as a PDF."),
)
_DEPOSIT = (
    N_("Deposit slip sent to {printer}."),
    N_("No printer found. We saved the deposit slip as a PDF."),
)
"""Sentences after a slip was printed, and after it was saved instead."""
_RECORDED = N_("The payment is recorded. You can print the receipt any time.")


class Order(NamedTuple):
    """A print job: a receipt, or the test page without a uid.

    Attributes:
        paper: empty for the one that is set, or the loaded one.
        language: empty for the one that is set.
        printer: None for the one that is set, empty for the system's own.
    """

    uid: str = ""
    paper: str = ""
    language: str = ""
    printer: str | None = None


class Printed(NamedTuple):
    """The result of a print job.

    Attributes:
        printer: the printer's name; empty where there is none.
        path: the PDF that was saved instead; None if printed.
        problem: why it is not printed, for support; empty if printed.
        gone: the printer that is set but no longer known; another was used.
    """

    uid: str
    printer: str = ""
    path: Path | None = None
    problem: str = ""
    order: Order | None = None
    gone: str = ""


class ReceiptPrinter(QObject):
    """Prints receipts and reports the result.

    Signals:
        printed: a `Printed`, also for a PDF saved instead.
        tested: a `Printed` of the test page.
    """

    printed = Signal(object)
    tested = Signal(object)

    def __init__(
        self,
        runner: JobRunner,
        notices: Notices,
        printers: Printers | None = None,
        computer: DesktopServices | None = None,
    ) -> None:
        super().__init__(runner)
        self._runner = runner
        self._notices = notices
        self._printers = printers
        self.computer = computer or DesktopServices()
        self.folder: Path | None = None
        """Where PDFs are saved; None is the user's documents."""
        self._under_way: set[str] = set()
        self._together: list[Printed] = []
        """Receipts of one payment are named in one notice."""
        self._has_saved = False
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._slow.timeout.connect(self._say_slow)

    def print_receipt(self, uid: str, paper: str = "", language: str = "") -> None:
        """Print a receipt; a second call during printing is ignored."""
        if uid:
            self._begin(Order(uid, paper, language))

    def print_receipts(self, uids: Sequence[str]) -> None:
        """Print the receipts of one payment, or save all of them as PDFs."""
        for uid in uids:
            self.print_receipt(uid)

    def forget_saved(self) -> None:
        """Withdraw the notice of saved PDFs: the next parent's receipts are others."""
        if self._has_saved:
            self._notices.withdraw(KEY)

    def print_slip(self, uid: str, name: str, *, is_deposit: bool = False) -> None:
        """Print the slip of a family's bill or of a deposit, or save it as a PDF.

        Args:
            uid: the bill or the deposit.
            name: what the PDF is called.
            is_deposit: whether it is of a deposit.
        """
        self._runner.local(
            partial(_print_slip, uid=uid, name=name, folder=self.folder,
                    printers=self._printers),
            partial(self._slip_done, _DEPOSIT if is_deposit else _FAMILY),
            failed=self._failed,
        )  # fmt: skip

    def _slip_done(self, said: tuple[N_, N_], printed: Printed) -> None:
        sent, saved = said
        if printed.path is None:
            self._note(sent, values={"printer": printed.printer}, tone=Tone.GOOD, stays=False)
        else:
            self._note(
                saved,
                todo=str(printed.path),
                actions=file_actions(self.computer, printed.path),
            )
            self._has_saved = True

    def print_test_page(self, printer: str | None = None, paper: str = "") -> None:
        """Print a test page; `tested` follows."""
        self._begin(Order(paper=paper, printer=printer))

    def names(self) -> tuple[str, ...]:
        """Return the names of all printers; blocks, call in a worker."""
        return _printers(self._printers).names()

    def print_latest(self) -> None:
        """Print the newest receipt (F7)."""
        self._runner.local(_latest, self._print_found, failed=self._failed)

    def _begin(self, order: Order) -> None:
        if order.uid in self._under_way:
            return
        if not self._under_way:
            self._together.clear()
        self._under_way.add(order.uid)
        self._slow.start()
        self._runner.local(
            partial(_print, order=order, folder=self.folder, printers=self._printers),
            self._done,
            failed=partial(self._failed_at, order.uid),
        )

    def _print_found(self, uid: str | None) -> None:
        if uid is None:
            self._notices.say(
                N_("No receipts yet."), N_("Collect a payment to get the first receipt.")
            )
        else:
            self.print_receipt(uid)

    # --- the result

    def _done(self, printed: Printed) -> None:
        self._over(printed.uid)
        if printed.problem:
            money, todo = _out_of_reach(printed)
            actions = self._ways_out(printed)
            self._note(N_("Couldn't reach the printer."), money=money, todo=todo, actions=actions)
        elif printed.path is None and printed.gone:
            self._note(
                N_("Couldn't find {gone}. We used {printer} instead."),
                todo=N_("Choose a printer in Settings, or connect the missing one."),
                values={"gone": printed.gone, "printer": printed.printer},
            )
        else:
            self._say_done(printed)
        (self.printed if printed.uid else self.tested).emit(printed)

    def _say_done(self, printed: Printed) -> None:
        """Post that a receipt was sent to the printer or saved, with those that came with it."""
        self._together = [each for each in self._together if each.printer == printed.printer]
        self._together.append(printed)
        count, path = len(self._together), printed.path
        if path is None:
            sent = N_("Receipt sent to {printer}.")
            if count > 1:
                sent = N_("{count} receipts sent to {printer}.",
                          "{count} receipts sent to {printer}.")  # fmt: skip
            if not printed.uid:
                sent = N_("Test page sent to {printer}.")
            values = {"printer": printed.printer, "count": count}
            self._note(sent, values=values, tone=Tone.GOOD, stays=False)
            return
        saved = N_("No printer found. We saved the receipt as a PDF.")
        todo, actions = str(path), file_actions(self.computer, path)
        if count > 1:
            saved = N_("No printer found. We saved {count} receipts as PDFs.",
                       "No printer found. We saved {count} receipts as PDFs.")  # fmt: skip
            todo, actions = str(path.parent), actions[1:]
        if not printed.uid:
            saved = N_("No printer found. We saved the test page as a PDF.")
        self._note(saved, todo=todo, values={"count": count}, actions=actions)
        self._has_saved = True

    def _ways_out(self, printed: Printed) -> tuple[tuple[str, Callable[[], None]], ...]:
        again = partial(self._retry, printed)
        if printed.path is None or not printed.uid:
            return ((N_("Retry"), again), (N_("Continue"), _go_on))
        keep = partial(self._keep, printed.uid, printed.path)
        return ((N_("Retry"), again), (N_("Save PDF"), keep), (N_("Continue"), _go_on))

    def _retry(self, printed: Printed) -> None:
        if printed.order is not None:
            self._begin(printed.order)

    def _keep(self, uid: str, path: Path) -> None:
        """Count the PDF as the first print of the receipt."""
        self._runner.local(partial(_count, uid=uid, path=path), self._kept, failed=self._failed)

    def _kept(self, path: Path) -> None:
        self._note(
            N_("Receipt saved as PDF."),
            todo=str(path),
            tone=Tone.GOOD,
            actions=file_actions(self.computer, path),
        )

    def _say_slow(self) -> None:
        if self._under_way:
            self._note(
                N_("The printer is taking longer than usual."),
                money=_RECORDED,
                todo=N_("Check that the printer is on and has paper. You can continue working."),
                actions=((N_("Continue"), _go_on),),
            )

    def _failed_at(self, uid: str, error: Exception) -> None:
        self._over(uid)
        self._failed(error)

    def _failed(self, error: Exception) -> None:
        from desktop_app.ui.core.error_notices import describe

        what, _money, todo = describe(error).words()
        self._note(
            N_("Couldn't print the receipt."), money=_RECORDED, todo=f"{what} {todo}".strip()
        )

    def _note(self, what: str, **more: Unpack[NoticeFields]) -> None:
        fields: NoticeFields = {"tone": Tone.ATTENTION, "key": KEY, **more}
        self._has_saved = False
        self._notices.note(what, **fields)

    def _over(self, uid: str) -> None:
        self._under_way.discard(uid)
        if not self._under_way:
            self._slow.stop()


def _out_of_reach(printed: Printed) -> tuple[str, str]:
    if not printed.uid:
        return "", N_("Check that the printer is on and connected, and that it has paper.")
    if printed.path is None:
        return _RECORDED, N_("Check that the printer is on and has paper.")
    return N_("We recorded the payment and saved the receipt as a PDF."), str(printed.path)


def _go_on() -> None:
    """Do nothing."""


def _latest(desk: Desk) -> str | None:
    receipt = desk.receipts.latest()
    return None if receipt is None else receipt.uid


def _count(desk: Desk, uid: str, path: Path) -> Path:
    desk.receipts.note_printed(uid, f"pdf-{desk.settings.view().paper}")
    return path


def _print(desk: Desk, order: Order, folder: Path | None, printers: Printers | None) -> Printed:
    found, settings = _printers(printers), desk.settings.view()
    wanted = order.paper or settings.paper
    name, gone = _choose(found, order.printer, settings.printer)
    path = (folder or _documents()) / f"{_stem(desk, order.uid)}.pdf"
    if not name:
        path.parent.mkdir(parents=True, exist_ok=True)
        return Printed(order.uid, path=_into_pdf(desk, order, wanted, path))
    try:
        device = found.open(name)
        paper = order.paper or found.paper(name, wanted)
        if order.uid:
            desk.receipts.print_on(order.uid, paper, device, order.language)
        else:
            desk.receipts.print_specimen(paper, device)
    except OSError as error:
        kept = _kept_for_later(desk, order, wanted, path)
        return Printed(order.uid, name, kept, str(error) or "no answer", order)
    _waiting(path).unlink(missing_ok=True)
    return Printed(order.uid, name, gone=gone)


def _printers(printers: Printers | None) -> Printers:
    from desktop_app.ui.receipts.printers import SystemPrinters

    return printers or SystemPrinters()


def _choose(found: Printers, asked: str | None, kept: str) -> tuple[str, str]:
    """Return the printer that is asked for, else the one that is set, else the default one.

    Returns:
        The printer's name, and the name of the one that is set where it is gone.
    """
    if asked is not None:
        return asked or found.default(), ""
    if not kept or kept in found.names():
        return kept or found.default(), ""
    return found.default(), kept


def _into_pdf(desk: Desk, order: Order, paper: str, path: Path) -> Path:
    if order.uid:
        return desk.receipts.save_pdf(order.uid, paper, path, order.language)
    return desk.receipts.save_specimen(paper, path)


def _kept_for_later(desk: Desk, order: Order, paper: str, path: Path) -> Path | None:
    """Save what could not be printed as a PDF, not counted yet; return None if that fails too."""
    if not order.uid:
        return None
    waiting = _waiting(path)
    try:
        waiting.parent.mkdir(parents=True, exist_ok=True)
        return desk.receipts.keep_copy(order.uid, paper, waiting, order.language)
    except OSError:
        return None


def _waiting(path: Path) -> Path:
    """Return where a receipt waits for a printer that is out of reach."""
    return path.with_name(f"{path.stem} (not printed).pdf")


def _stem(desk: Desk, uid: str) -> str:
    return desk.receipts.receipt(uid).number.replace("/", "-") if uid else "Test page"


def _documents() -> Path:
    from desktop_app.ui.core.desktop_services import documents_folder

    return documents_folder()


def _print_slip(
    desk: Desk, uid: str, name: str, folder: Path | None, printers: Printers | None
) -> Printed:
    """Print a slip; it is no receipt and is not counted."""
    found, settings = _printers(printers), desk.settings.view()
    printer, _gone = _choose(found, None, settings.printer)
    if printer:
        device = found.open(printer)
        desk.receipts.print_slip(uid, found.paper(printer, settings.paper), device)
        return Printed(uid, printer)
    path = (folder or _documents()) / f"{name}.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    return Printed(uid, path=desk.receipts.save_slip(uid, settings.paper, path))
