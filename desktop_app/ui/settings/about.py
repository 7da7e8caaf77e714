"""The settings' last pages: backup, and about with the licences of the parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit

from desktop_app import __version__
from desktop_app.ui.core import theme
from desktop_app.ui.core.diagnostics import diagnostics, platform_facts
from desktop_app.ui.core.formatting import backup_words
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.settings.section import SettingsSection
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from desktop_app.services.views.maintenance import BackupReport
    from desktop_app.ui.settings.presenter import SetupForm

LICENCES = """\
Pravesh {version} · MIT License

Qt {qt} for Python (PySide6-Essentials, shiboken6) · LGPL v3. Qt is used as separate libraries, \
unchanged; you may replace them with your own build of the same interface. The licence and the \
source: https://www.qt.io/licensing/open-source-lgpl-obligations, https://code.qt.io

razorpay · MIT · requests · Apache-2.0 · certifi · MPL-2.0
SQLAlchemy · MIT · alembic · MIT
qrcode, pypng · BSD, MIT · openpyxl · MIT · platformdirs, keyring · MIT
Flask, Werkzeug, Jinja2, click (training's sandbox, command line) · BSD-3-Clause
Python {python} · PSF License

Fonts are the system's own. The icons are Pravesh's own drawings.
"""
"""Names and licences are the same in every language."""


class BackupSection(SettingsSection):
    """When the newest backup was made, and making one.

    Signals:
        backup_asked: one is to be made now.
    """

    title = N_("Backup")
    sentence = N_(
        "A backup is made by itself every day and before every upgrade; the newest fourteen are "
        "kept. Keep a copy on another disk."
    )
    backup_asked = Signal()

    def build(self) -> None:
        """The newest, a button, the folder."""
        self._setup: SetupForm | None = None
        self.last = label("", "strong", name="lastBackup")
        self.finding = label("", "small", name="backupFinding", wrap=True)
        self.folder = label("", "caption", name="backupFolder", wrap=True)
        self.now_button = Button(N_("&Back up now"), icon="backup", name="backUpNowButton")
        self.now_button.clicked.connect(self._ask)
        self.open_button = Button(N_("Open the &folder"), name="backupFolderButton")
        self.open_button.clicked.connect(self._open)
        self.column.addWidget(self.last)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        row.addWidget(self.now_button)
        row.addWidget(self.open_button)
        row.addStretch(1)
        self.column.addLayout(row)
        self.column.addWidget(self.finding)
        self.column.addWidget(self.folder)
        self.column.addWidget(
            label(
                N_("To go back to a backup, close the desk and run “pravesh restore” with its "
                   "file. A damaged database is met with the newest good one by itself."),
                "secondary", wrap=True,
            )
        )  # fmt: skip

    def load(self, setup: SetupForm) -> None:
        """Show the newest."""
        self._setup = setup
        super().load(setup)
        self._say()

    def show_made(self, report: BackupReport) -> None:
        """Say what the backup holds that was just made."""
        self.now_button.setEnabled(True)
        self.finding.setText(
            tr(
                N_("Made and opened: {students} students, {payments} payments, "
                  "{receipts} receipts."),
                students=report.students, payments=report.payments, receipts=report.receipts,
            )
        )  # fmt: skip
        self.last.setText(backup_words(report.made_at))

    def show_failure(self, words: str) -> None:
        """Say why it could not be made."""
        self.now_button.setEnabled(True)
        self.finding.setText(words)

    def changeEvent(self, event: QEvent) -> None:
        """Say it in the new language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "folder"):
            self._say()

    def _say(self) -> None:
        if self._setup is None:
            return
        self.last.setText(backup_words(self._setup.backup_at))
        folder = self._setup.folder
        self.folder.setText(str(folder / "backups") if folder is not None else "")
        self.open_button.setVisible(folder is not None)
        self.now_button.setVisible(folder is not None)

    def _ask(self) -> None:
        self.now_button.setEnabled(False)
        self.finding.setText(tr(N_("Making the backup…")))
        self.backup_asked.emit()

    def _open(self) -> None:
        if self._setup is not None and self._setup.folder is not None:
            show_folder(self._setup.folder / "backups", self._setup.folder)


class AboutSection(SettingsSection):
    """Version, licences, and what support asks for."""

    title = N_("About and licences")

    def build(self) -> None:
        """The licences, then what helps support."""
        self._setup: SetupForm | None = None
        self.checks: Callable[[], Sequence[str]] = tuple
        """Tells what the last check found."""
        self.version = label("", "strong", name="versionLabel")
        facts = platform_facts()
        self.licences = QPlainTextEdit(
            LICENCES.format(version=__version__, qt=facts["Qt"], python=facts["Python"])
        )
        self.licences.setObjectName("licencesText")
        self.licences.setReadOnly(True)
        self.licences.setMinimumHeight(theme.px(200))
        bind_text(self.licences, "accessibleName", N_("Licences"))
        self.copy_button = Button(
            N_("Copy &diagnostics"), icon="copy", name="copyDiagnosticsButton",
            tip=N_("Copy what support asks for, without keys, phones and addresses"),
        )  # fmt: skip
        self.copy_button.clicked.connect(self._copy)
        self.log_button = Button(N_("Open the &log folder"), name="logFolderButton")
        self.log_button.clicked.connect(self._open_logs)
        self.finding = label("", "small", name="diagnosticsFinding", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        for part in (self.copy_button, self.log_button):
            row.addWidget(part)
        row.addWidget(self.finding, 1)
        self.column.addWidget(self.version)
        self.column.addWidget(
            label(N_("Pravesh is free software; Qt is used under the LGPL, version 3."), wrap=True)
        )
        self.column.addWidget(self.licences, 20)
        self.column.addLayout(row)
        self._say()

    def load(self, setup: SetupForm) -> None:
        """Take what diagnostics tell."""
        self._setup = setup
        super().load(setup)
        self.log_button.setVisible(setup.folder is not None)

    def text(self) -> str:
        """What support asks for, redacted."""
        setup = self._setup
        if setup is None:
            return diagnostics({}, ())
        kept = setup.texts
        facts = {
            name: kept.get(name, "")
            for name in sorted(kept)
            if not name.startswith("centre.")  # the centre is nobody's business but its own
        }
        keys = {"keys": f"{setup.keys.mode.value}, {setup.keys.source}"}
        has_gstin = {"gst": "registered" if kept.get("centre.gstin") else "not registered"}
        return diagnostics(facts | keys | has_gstin, self.checks(), setup.folder)

    def changeEvent(self, event: QEvent) -> None:
        """Say it in the new language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "version"):
            self._say()

    def _say(self) -> None:
        self.version.setText(tr(N_("Pravesh, version {version}"), version=__version__))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())
        self.finding.setText(tr(N_("Copied. Paste it into a message to support.")))

    def _open_logs(self) -> None:
        if self._setup is not None and self._setup.folder is not None:
            show_folder(self._setup.folder / "logs", self._setup.folder)


def show_folder(folder: Path, instead: Path) -> None:
    """Open a folder in the system's own window; the other one where it is not there yet."""
    chosen = folder if folder.is_dir() else instead
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(chosen)))
