"""The dialog for an unexpected error: the desk continues if it can.

Shows what happened, whether money moved and what to do; the report is copied, not read aloud.
Further faults while it is up are counted, not stacked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout

from desktop_app.ui.core import theme
from desktop_app.ui.core.diagnostics import crash_report
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

WIDTH = 560
REPORT_HEIGHT = 200


class CrashScreen(QDialog):
    """Shown with `open()`.

    Signals:
        closing_asked: close the desk.

    Args:
        error: the unhandled error.
        folder: the data folder, whose log belongs to the report.
    """

    closing_asked = Signal()

    def __init__(self, error: BaseException, folder: Path | None, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName("crashScreen")
        bind_text(self, "windowTitle", N_("Something went wrong"))
        bind_text(self, "accessibleName", N_("Something went wrong"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._folder = folder
        self._count = 1
        self._errors = [error]
        self.again = label("", "caption", name="crashAgain", wrap=True)
        self.again.hide()
        self.report = QPlainTextEdit(readOnly=True)
        self.report.setObjectName("crashReport")
        bind_text(self.report, "accessibleName", N_("Report for support"))
        self.report.setFixedHeight(theme.px(REPORT_HEIGHT))
        self.report.hide()
        self.show_button = Button(N_("Show report"), kind="quiet", name="showReportButton")
        self.show_button.clicked.connect(self._unfold)
        self.copy_button = Button(
            N_("Copy report"), icon="copy", name="copyReportButton",
            tip=N_("Copy a report for support, without keys, phone numbers or addresses"),
        )  # fmt: skip
        self.copy_button.clicked.connect(self._copy)
        self.close_button = Button(N_("Close Pravesh"), name="crashCloseButton")
        self.close_button.clicked.connect(self._close)
        self.go_on_button = Button(N_("Continue"), kind="primary", name="crashGoOnButton")
        self.go_on_button.setDefault(True)
        self.go_on_button.clicked.connect(self.accept)
        self._lay_out()
        self.go_on_button.setFocus()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(theme.GAP)
        words.addWidget(label(N_("Something went wrong in Pravesh."), "section", wrap=True))
        words.addWidget(
            label(
                N_("This problem moved no money. Confirmed payments are safe. We keep checking "
                   "pending payments."),
                wrap=True,
            )
        )  # fmt: skip
        words.addWidget(
            label(
                N_("You can continue. If the problem returns, close and reopen Pravesh, and "
                   "send the report to support."),
                wrap=True,
            )
        )  # fmt: skip
        fill(words, self.again, STRETCH)
        top = hbox(gap=theme.GROUP)
        fill(top, (IconLabel("attention", "attention", 32), Qt.AlignmentFlag.AlignTop), (words, 1))
        small = hbox(self.copy_button, self.show_button, STRETCH)
        bottom = hbox(STRETCH, self.close_button, self.go_on_button, gap=theme.GROUP)
        vbox(top, small, self.report, bottom, inside=self, gap=theme.GROUP, margins=theme.MARGIN)
        self.setMinimumWidth(theme.px(WIDTH))

    def add(self, error: BaseException) -> None:
        """Count a further fault; the report keeps the first and the newest."""
        self._count += 1
        self._errors = [self._errors[0], error]
        self.retranslate()
        self.again.show()
        self.report.setPlainText(self.text() if self.report.isVisible() else "")

    def text(self) -> str:
        """The whole report, redacted."""
        parts = [crash_report(each, self._folder) for each in self._errors]
        return "\n".join(parts) + (f"\nFaults: {self._count}\n" if self._count > 1 else "")

    def retranslate(self) -> None:
        """Set the count in the current language."""
        self.again.setText(tr(N_("This happened {count} times."), count=self._count))

    def _unfold(self) -> None:
        self.report.setPlainText(self.text())
        self.report.show()
        self.show_button.hide()
        self.adjustSize()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())

    def _close(self) -> None:
        self.accept()
        self.closing_asked.emit()
