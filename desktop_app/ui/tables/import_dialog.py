"""Asks which file to import, and shows its first rows. Imports nothing itself."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QRadioButton,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from desktop_app.domain.errors import InvalidInputError
from desktop_app.ui.core import theme
from desktop_app.ui.core.error_notices import describe, typed_wrongly
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.tables.file_dialogs import file_dialog
from desktop_app.ui.widgets.banner import DialogBanner
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox, scrolling, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import rule
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import label, set_tone

if TYPE_CHECKING:
    from desktop_app.services.views.maintenance import ImportPreview
    from desktop_app.ui.core.page import PageContext

SIZE = (720, 500)
LONGEST_CELL = 80
_TITLES = {
    "students": N_("Import students"),
    "courses": N_("Import courses"),
    "dues": N_("Import unpaid fees"),
}
_ABOUT = {
    "students": N_(
        "Choose a CSV file with one student in each row. Students who share a parent's phone "
        "number become one family. In Excel, choose Save As > CSV."
    ),
    "courses": N_("Choose a CSV file with one course in each row. In Excel, choose Save As > CSV."),
    "dues": N_(
        "Choose a CSV file with one unpaid fee in each row. We'll enrol each student in the "
        "course, but won't record a payment."
    ),
}
_KINDS = (("students", N_("Students")), ("dues", N_("Unpaid fees")))
"""Lists that are imported from the students page."""


class ImportDialog(QDialog):
    """Asks for a CSV file. Shown with `open()`.

    Signals:
        chosen: the path of the file to import; the dialog is closed.

    Args:
        kind: `students` or `courses`.

    Attributes:
        kind: the list that is imported: with `students` a person may choose `dues`.
    """

    chosen = Signal(str)

    def __init__(self, context: PageContext, kind: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("importDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        bind_text(self, "windowTitle", _TITLES[kind])
        self._context, self.kind = context, kind
        self._path = ""
        self._preview: ImportPreview | None = None
        self.choose_button = Button(N_("&Choose file…"), icon="import", name="importChooseButton")
        self.sample_button = Button(
            N_("Download a &sample"), kind="quiet", icon="export", name="importSampleButton",
            tip=N_("Save a CSV file with the right columns and two example rows"),
        )  # fmt: skip
        self.finding = label("", "body", name="importFinding", wrap=True)
        self.table = QTableWidget()
        self.table.setObjectName("importPreview")
        self.cancel_button = Button(N_("Cancel"), name="importCancelButton")
        self.import_button = Button(N_("Import"), kind="primary", name="importButton")
        self.which = [QRadioButton() for _ in (_KINDS if kind == _KINDS[0][0] else ())]
        for button, (value, words) in zip(self.which, _KINDS, strict=False):
            bind_text(button, "text", words)
            button.setObjectName(f"import{value.title()}Button")
            button.setChecked(value == kind)
            button.clicked.connect(partial(self._choose_kind, value))
        self._lay_out(kind)
        self.choose_button.clicked.connect(self._choose)
        self.sample_button.clicked.connect(self._ask_sample)
        self.cancel_button.clicked.connect(self.reject)
        self.import_button.clicked.connect(self._import)
        self.import_button.setEnabled(False)
        self.choose_button.setFocus()

    def _lay_out(self, kind: str) -> None:
        bind_text(self.table, "accessibleName", N_("First rows of the file"))
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        self.table.horizontalHeader().setDefaultAlignment(left)
        self.table.setMinimumHeight(theme.px(120))
        self.table.hide()
        inside = QWidget()
        column = vbox(inside=inside, gap=12, margins=(theme.MARGIN, 20))
        self.about = label(_ABOUT[kind], "secondary", wrap=True)
        self.heading = label(_TITLES[kind], "section")
        fill(column, self.heading, hbox(*self.which, STRETCH), self.about)
        fill(column, flowing(self.choose_button, self.sample_button), self.finding)
        fill(column, (self.table, 1))
        column.addStretch(0)
        buttons = hbox(gap=theme.GROUP, margins=(theme.MARGIN, 12))
        fill(buttons, STRETCH, self.cancel_button, self.import_button)
        outer = vbox(DialogBanner(self), (scrolling(inside), 1), rule(), inside=self, gap=0)
        outer.addLayout(buttons)
        room = self.screen().availableGeometry().size()
        self.resize(
            min(theme.px(SIZE[0]), room.width() - theme.MARGIN),
            min(theme.px(SIZE[1]), room.height() - 2 * theme.MARGIN),
        )

    # --- the file

    def _choose_kind(self, kind: str, _checked: object = None) -> None:
        """Import another list; a file that was chosen is read again."""
        self.kind = kind
        bind_text(self, "windowTitle", _TITLES[kind])
        bind_text(self.heading, "text", _TITLES[kind])
        bind_text(self.about, "text", _ABOUT[kind])
        if self._path:
            self.show_file(self._path)

    def _choose(self) -> None:
        dialog = file_dialog(self, N_("Choose a CSV file"), "CSV (*.csv *.txt)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.show_file)
        dialog.open()

    def show_file(self, path: str) -> None:
        """Show the first rows of a file."""
        self._path, self._preview = path, None
        self.import_button.setEnabled(False)
        self._say(tr(N_("Reading the file…")))
        self._context.runner.local(
            lambda desk: desk.imports.preview(self.kind, Path(path)), self._show_preview,
            failed=self._show_failure, replaces="preview",
        )  # fmt: skip

    def _show_preview(self, preview: ImportPreview) -> None:
        self._preview = preview
        self.retranslate()
        is_good = bool(preview.rows) and not preview.missing
        self.import_button.setEnabled(is_good)
        if is_good:
            self.import_button.setDefault(True)
            self.import_button.setFocus()

    def retranslate(self) -> None:
        """Show the preview in the current language."""
        preview = self._preview
        if preview is None:
            return
        name = Path(self._path).name
        parts = [tr(N_("{name}: first rows"), name=name)]
        if preview.missing:
            words = N_("{name} has no column {missing}.")
            parts = [tr(words, name=name, missing=_list(preview.missing))]
            parts.append(tr(N_("Add the column, or start from the sample.")))
        elif not preview.rows:
            parts = [tr(N_("{name} has no rows."), name=name)]
        if preview.unknown:
            parts.append(tr(N_("Ignored columns: {columns}."), columns=_list(preview.unknown)))
        self._say(" ".join(parts), is_wrong=bool(preview.missing) or not preview.rows)
        self._fill(preview)

    def _fill(self, preview: ImportPreview) -> None:
        table = self.table
        table.clear()
        table.setColumnCount(len(preview.columns))
        table.setRowCount(len(preview.rows))
        table.setHorizontalHeaderLabels(list(preview.columns))
        for row, cells in enumerate(preview.rows):
            for column, cell in enumerate(cells):
                table.setItem(row, column, QTableWidgetItem(cell[:LONGEST_CELL]))
        table.resizeColumnsToContents()
        table.setVisible(bool(preview.rows))

    def _show_failure(self, error: Exception) -> None:
        self.table.hide()
        self._say(_reason(error), is_wrong=True)

    def _import(self) -> None:
        path = self._path
        self.accept()
        self.chosen.emit(path)

    # --- the sample

    def _ask_sample(self) -> None:
        dialog = file_dialog(self, N_("Save the sample"), "CSV (*.csv)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(f"{self.kind}-sample.csv")
        dialog.fileSelected.connect(self.save_sample)
        dialog.open()

    def save_sample(self, path: str) -> None:
        """Write the sample file."""
        self._context.runner.local(
            lambda desk: desk.imports.sample(self.kind, Path(path)), self._sample_saved,
            failed=self._show_failure,
        )  # fmt: skip

    def _sample_saved(self, path: Path) -> None:
        self._say(tr(N_("Sample saved as {path}."), path=path))

    def _say(self, words: str, *, is_wrong: bool = False) -> None:
        self.finding.setText(words)
        set_tone(self.finding, "wrong" if is_wrong else "")


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names)


def _reason(error: Exception) -> str:
    if isinstance(error, InvalidInputError):
        return typed_wrongly(error)
    if isinstance(error, OSError):
        reason = error.strerror or type(error).__name__
        return tr(N_("Couldn't read or write the file ({reason})."), reason=reason)
    return describe(error).text()
