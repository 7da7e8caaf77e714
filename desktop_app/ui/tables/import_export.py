"""Import and export of lists: asks for the file, shows progress, can be stopped, reports the end.

Stopped or failed, an import changes nothing and an export keeps the file that was there. The
services ensure that; this module only asks and shows.
"""

from __future__ import annotations

import threading
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QFileDialog, QPlainTextEdit, QProgressBar, QWidget

from desktop_app.domain.money import group_digits
from desktop_app.domain.receipt import IST
from desktop_app.services.maintenance.exporting import REPORTS
from desktop_app.ui.core import theme
from desktop_app.ui.core.error_notices import describe, typed_wrongly
from desktop_app.ui.core.formatting import moment_text
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.core.notice import Tone
from desktop_app.ui.tables.file_dialogs import file_dialog
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from PySide6.QtGui import QCloseEvent

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.maintenance import ImportReport, RowProblem
    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.tables.import_dialog import ImportDialog

    Watch = Callable[[int], None]
    Work = Callable[[Desk, Watch], object]
    Write = Callable[[Desk, Path, Watch], int]

SHOWN_AFTER_MS = 500
PROGRESS_MS = 100
MOST_PROBLEMS = 50


class StoppedError(Exception):
    """A person stopped an import or export; nothing was changed."""


class SheetWork(QDialog):
    """Progress of one import or export.

    Args:
        context: the window's shared parts.
        title: what runs.
        parent: the page that asked for it.
    """

    def __init__(self, context: PageContext, title: N_, parent: QWidget) -> None:
        super().__init__(parent.window())
        self.context = context
        self.setObjectName("sheetWork")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        bind_text(self, "windowTitle", title)
        self._rows = 0
        self._wrong: tuple[RowProblem, ...] = ()
        self._stop = threading.Event()
        self._is_final = False
        self._lock = threading.Lock()
        self._is_over = False
        self.heading = label(title, "section", wrap=True)
        self.words = label(N_("One moment…"), "secondary", name="sheetWords", wrap=True)
        self.bar = QProgressBar(textVisible=False)
        self.bar.setRange(0, 0)
        bind_text(self.bar, "accessibleName", title)
        self.problems = QPlainTextEdit(readOnly=True)
        self.problems.setObjectName("sheetProblems")
        bind_text(self.problems, "accessibleName", N_("Problems in the file"))
        self.problems.hide()
        self.button = Button(N_("Stop"), name="sheetStopButton")
        self.button.clicked.connect(self.reject)
        self._lay_out()
        self._progress = QTimer(self, interval=PROGRESS_MS)
        self._progress.timeout.connect(self._show_progress)
        self._delay = QTimer(self, singleShot=True, interval=SHOWN_AFTER_MS)
        self._delay.timeout.connect(self.open)

    def _lay_out(self) -> None:
        column = vbox(inside=self, gap=theme.GROUP, margins=(theme.MARGIN, 20))
        fill(column, self.heading, self.words, self.bar)
        fill(column, (self.problems, 1), hbox(STRETCH, self.button))
        self.setMinimumWidth(theme.px(440))

    def begin(self, work: Work, then: Callable[..., None]) -> None:
        """Run the work; the dialog is shown only after half a second.

        Args:
            work: takes the desk and a function to call with the number of rows handled so far.
            then: takes the dialog and the work's answer.
        """
        self._progress.start()
        self._delay.start()
        self.context.runner.local(
            lambda desk: work(desk, self._watch), partial(self._done, then), failed=self._failed
        )

    def reject(self) -> None:
        """Stop the work, unless an import is being written; once it is over, close."""
        if self._is_over:
            super().reject()
            return
        with self._lock:
            if self._is_final:
                return
            self._stop.set()
        self.button.setEnabled(False)
        bind_text(self.words, "text", N_("Stopping…"))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop the work by the window's cross, too."""
        if not self._is_over:
            event.ignore()
            self.reject()
            return
        super().closeEvent(event)

    def show_problems(self, problems: tuple[RowProblem, ...]) -> None:
        """List what is wrong in the file by row; nothing was imported."""
        bind_text(self.heading, "text", N_("Nothing was imported"))
        words = N_(
            "Correct {count} row in the file, then import it again.",
            "Correct {count} rows in the file, then import it again.",
        )
        bind_text(self.words, "text", words, count=len(problems))
        self._wrong = problems
        self.retranslate()
        self.problems.show()
        self.bar.hide()
        self.button.show_text(N_("Close"))
        self.button.setEnabled(True)
        self.resize(max(self.width(), theme.px(560)), max(self.height(), theme.px(360)))
        self.open()

    def retranslate(self) -> None:
        """List what is wrong in the file in the current language."""
        shown = [_problem_words(each) for each in self._wrong[:MOST_PROBLEMS]]
        if len(self._wrong) > MOST_PROBLEMS:
            shown.append("…")
        self.problems.setPlainText("\n".join(shown))

    def finish(self) -> None:
        """Close the dialog."""
        self._end()
        self.accept()
        self.deleteLater()  # it may never have been shown

    def _watch(self, rows: int) -> None:
        """Record progress; called in the worker, where StoppedError ends the work."""
        self._rows = rows
        if self._stop.is_set():
            raise StoppedError

    def written(self, rows: int) -> None:
        """Record progress of the writing, which can no longer be stopped; called in the worker."""
        with self._lock:
            if not self._is_final:
                self._watch(rows)
            self._is_final = True
        self._rows = rows

    def _show_progress(self) -> None:
        if self._is_final:
            self.button.setEnabled(False)
        if self._rows and not self._stop.is_set():
            count = group_digits(str(self._rows))
            bind_text(self.words, "text", N_("Rows so far: {count}"), count=count)

    def _end(self) -> None:
        self._is_over = True
        self._progress.stop()
        self._delay.stop()

    def _done(self, then: Callable[..., None], answer: object) -> None:
        self._end()
        then(self, answer)

    def _failed(self, error: Exception) -> None:
        self.finish()
        if isinstance(error, StoppedError):
            self.context.notices.say(N_("Stopped. Nothing changed."))
        elif isinstance(error, OSError):
            reason = error.strerror or str(type(error).__name__)
            self.context.notices.note(
                N_("Couldn't read or write the file ({reason})."),
                values={"reason": reason},
                money=N_("Nothing changed."),
                todo=N_("Choose another file or folder."),
                tone=Tone.ATTENTION,
                key="sheet",
            )
        else:
            self.context.notices.post(describe(error))


def import_sheet(context: PageContext, kind: str, page: QWidget) -> ImportDialog:
    """Ask for a file of students or courses, show its first rows, and import it."""
    from desktop_app.ui.tables.import_dialog import ImportDialog

    dialog = ImportDialog(context, kind, page.window())
    dialog.chosen.connect(lambda path: _import(context, dialog.kind, page, path))
    dialog.open()
    return dialog


def export_sheet(context: PageContext, name: str, page: QWidget, write: Write) -> QFileDialog:
    """Ask where to write a list, and write it.

    Args:
        context: the window's shared parts.
        name: the kind of a report; of another list, the name of its file.
        page: what asks.
        write: writes the list as it is shown.
    """
    dialog = file_dialog(page, N_("Export a list"), "Excel (*.xlsx);;CSV (*.csv)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("xlsx")
    file_name = REPORTS[name].file_name if name in REPORTS else name
    dialog.selectFile(f"{file_name}.xlsx")
    dialog.fileSelected.connect(partial(_export, context, write, page))
    dialog.open()
    return dialog


def _import(context: PageContext, kind: str, page: QWidget, chosen: str) -> None:
    def run(desk: Desk, watch: Watch) -> ImportReport:
        imports = desk.imports
        take = {"students": imports.students, "courses": imports.courses, "dues": imports.dues}
        return take[kind](Path(chosen), watch, work.written)

    work = SheetWork(context, N_("Importing a list"), page)
    work.begin(run, _imported)


def _imported(work: SheetWork, report: ImportReport) -> None:
    if report.problems:
        work.show_problems(report.problems)
        return
    work.finish()
    words = N_("{added} added, {updated} updated, {unchanged} unchanged.")
    work.context.notices.note(
        words,
        todo=N_("Ignored columns: {columns}.") if report.unknown_columns else "",
        values={
            "added": group_digits(str(report.added)),
            "updated": group_digits(str(report.updated)),
            "unchanged": group_digits(str(report.unchanged)),
            "columns": ", ".join(report.unknown_columns),
        },
        tone=Tone.GOOD,
        key="sheet",
    )


def report_as_listed(
    kind: str, about: Sequence[tuple[str, str]], listed: Callable[[Desk], Collection[str] | None]
) -> Write:
    """Return what writes a report of what a list shows.

    Args:
        kind: the report.
        about: its first rows.
        listed: returns the roll numbers or codes that are listed, None for all; runs in a worker.
    """
    return lambda desk, path, watch: desk.exports.write(kind, path, watch, about, listed(desk))


def _export(context: PageContext, write: Write, page: QWidget, chosen: str) -> None:
    path = Path(chosen)
    work = SheetWork(context, N_("Exporting a list"), page)
    work.begin(lambda desk, watch: write(desk, path, watch), partial(_exported, path))


def about_shown(name: N_ | str, shown: str) -> list[tuple[str, str]]:
    """Return the first rows of an exported list: its name, what it shows, and the moment."""
    return [
        (tr(N_("List")), tr(name)),
        (tr(N_("Shown")), shown or tr(N_("All"))),
        (tr(N_("Exported")), moment_text(datetime.now(IST))),
    ]


def _exported(path: Path, work: SheetWork, rows: int) -> None:
    work.finish()
    words = N_("{count} row exported.", "{count} rows exported.")
    work.context.notices.note(
        words,
        todo=str(path),
        values={"count": group_digits(str(rows))},
        tone=Tone.GOOD,
        key="sheet",
        stays=False,
    )


def _problem_words(problem: RowProblem) -> str:
    words = problem.problem
    if problem.error is not None:
        words = f"{problem.error.field}: {typed_wrongly(problem.error)}"
    return tr(N_("Row {line}: {problem}"), line=problem.line, problem=words)
