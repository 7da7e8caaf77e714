"""Preview of a receipt as it will be printed, to print, save, send or check.

Shows only HTML that the desk made, on white paper in every theme, and fetches nothing: no
picture, no link, no file that a name could refer to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QWidget

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.core.window_front import FRAME, open_in_front, room_for
from desktop_app.ui.forms.choices import Choices
from desktop_app.ui.receipts.paper_view import PaperView
from desktop_app.ui.receipts.preview_model import LANGUAGES, PAPERS, Preview
from desktop_app.ui.receipts.save_receipt import ask_where
from desktop_app.ui.widgets.banner import DialogBanner
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox, scrolling, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import rule
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from desktop_app.services.views.receipts import ReceiptView
    from desktop_app.ui.receipts.presenter import ReceiptsPresenter

SIZE = (860, 720)
_PRINTS = (N_("not printed yet"), N_("printed once"), N_("printed {count} times"))


def open_preview(receipts: ReceiptsPresenter, uid: str) -> ReceiptPreview | None:
    """Open the preview of a receipt; return None without a uid or before the desk is open."""
    if receipts.context.runner.desk is None or not uid:
        return None
    dialog = ReceiptPreview(receipts, uid, receipts.window)
    open_in_front(dialog)
    return dialog


class ReceiptPreview(QDialog):
    """A receipt, on any paper and in either language, with Print in focus.

    Args:
        receipts: reads, prints and saves.
        uid: the receipt's.
        parent: the window it belongs to.
    """

    def __init__(self, receipts: ReceiptsPresenter, uid: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("receiptPreview")
        bind_text(self, "windowTitle", N_("Receipt"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._receipts = receipts
        self._uid = uid
        self._shown: ReceiptView | None = None
        self._paper = ""
        self._is_chosen = False
        self._language = ""
        self._wanted: tuple[str, str] | None = None
        self.heading = label("", "section", name="receiptHeading")
        self.copies = label("", "secondary", name="receiptCopies")
        self.paper = PaperView()
        self.print_button = Button(
            N_("&Print"), kind="primary", icon="print", name="previewPrintButton"
        )
        self.pdf_button = Button(N_("&Save PDF…"), name="previewPdfButton")
        self.tell_button = Button(
            N_("&WhatsApp…"), icon="phone", name="previewTellButton",
            tip=N_("Send the receipt's number and amount on WhatsApp. You choose the recipient."),
        )  # fmt: skip
        self.check_button = Button(
            N_("C&heck a receipt…"), icon="check", name="previewCheckButton",
            tip=N_("Check whether a receipt is genuine"),
        )  # fmt: skip
        self.close_button = Button(N_("&Close"), name="previewCloseButton")
        self.papers = Choices("previewPaper", N_("Paper"), PAPERS)
        self.languages = Choices("previewLanguage", N_("Language"), LANGUAGES)
        self._lay_out()
        self._connect()
        wanted = QSize(theme.px(SIZE[0]), theme.px(SIZE[1]))
        self.resize(wanted.boundedTo(room_for(parent.window()).size() - FRAME))
        receipts.read(uid)

    def _lay_out(self) -> None:
        column = vbox(inside=self, gap=0)
        column.addWidget(DialogBanner(self))
        names = hbox(
            self.heading, self.copies, STRETCH, gap=12, margins=(theme.MARGIN, 12, theme.MARGIN, 0)
        )
        looks = flowing(self.papers, self.languages)
        middle = hbox(STRETCH, (self.paper, 100), STRETCH, margins=(theme.MARGIN, theme.GROUP))
        inside = QWidget()
        whole = vbox(inside=inside, gap=0)
        fill(whole, names, _indented(looks, above=theme.GAP), rule(), (middle, 1))
        self.area = scrolling(inside, is_clear=True)  # on a low screen with large text
        fill(column, (self.area, 1), rule(), _indented(self._buttons(), above=12))

    def _buttons(self) -> QWidget:
        send = (self.tell_button, self.pdf_button, self.print_button)
        for button in send:
            button.setEnabled(False)
        return flowing(self.close_button, self.check_button, *send, spread=True)

    def _connect(self) -> None:
        self._receipts.ready.connect(self._show)
        self._receipts.failed.connect(self.reject)
        self.print_button.clicked.connect(self._print)
        self.pdf_button.clicked.connect(self._save)
        self.tell_button.clicked.connect(self._tell)
        self.check_button.clicked.connect(self._check)
        self.close_button.clicked.connect(self.reject)
        self.papers.chosen.connect(self._choose_paper)
        self.languages.chosen.connect(self._use)

    def _choose_paper(self, paper: str) -> None:
        self._is_chosen = True
        self._use(paper)

    def _use(self, _chosen: str) -> None:
        self._wanted = self.papers.value(), self.languages.value()
        self._receipts.read(self._uid, *self._wanted)

    def _show(self, preview: Preview) -> None:
        is_wanted = self._wanted in (None, (preview.paper, preview.language))
        if preview.receipt.uid != self._uid or not is_wanted:
            return  # of another receipt, or the answer to an older choice
        is_first = self._shown is None
        self._shown = preview.receipt
        self._paper, self._language = preview.paper, preview.language
        self.retranslate()
        self.papers.choose(preview.paper)
        self.languages.choose(preview.language)
        self.paper.show_receipt(preview.html, preview.paper)
        for button in (self.print_button, self.pdf_button, self.tell_button):
            button.setEnabled(True)
        if is_first:
            self.print_button.setFocus()

    def retranslate(self) -> None:
        """Write the heading in the present language."""
        if self._shown is None:
            return
        self.heading.setText(tr(N_("Receipt {number}"), number=self._shown.number))
        prints = self._shown.prints
        self.copies.setText(tr(_PRINTS[min(prints, 2)], count=prints))

    def _print(self) -> None:
        # A paper that was not chosen here is left to the printer.
        paper = self._paper if self._is_chosen else ""
        self._receipts.print_receipt(self._uid, paper, self._language)
        self.accept()

    def _save(self) -> None:
        if self._shown is None:
            return
        dialog = ask_where(
            self._receipts, self._uid, self._shown.number, self._paper, self, self._language
        )
        dialog.accepted.connect(self.accept)

    def _tell(self) -> None:
        if self._shown is not None:
            self._receipts.send_text(self._shown)

    def _check(self) -> None:
        from desktop_app.ui.receipts.check_receipt import open_check

        open_check(self._receipts, self)


def _indented(row: QWidget, *, above: int) -> QHBoxLayout:
    """Return a row with the dialog's margins."""
    return hbox(row, margins=(theme.MARGIN, above, theme.MARGIN, 12))
