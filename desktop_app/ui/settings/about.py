"""The last sections of the settings: backup, and about with the licences of the components."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit

from desktop_app import __version__
from desktop_app.ui.core import theme
from desktop_app.ui.core.diagnostics import diagnostics, platform_facts
from desktop_app.ui.core.error_notices import describe
from desktop_app.ui.core.formatting import backup_words
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.settings.section import SettingsSection
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desktop_app.services.views.maintenance import BackupReport
    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.settings.setup import Setup

BACKUPS = "backups"
"""The folder of backups below the data folder."""

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

Noto Sans Devanagari, where the system has no Hindi font · SIL Open Font License 1.1 · Copyright \
2022 The Noto Project Authors (https://github.com/notofonts/devanagari)
The icons are Pravesh's own drawings.
"""
"""Names and licences are the same in every language."""


class _FolderSection(SettingsSection):
    """A section with a button that opens a folder of the desk in the system's file manager."""

    def _open(self, name: str) -> None:
        if self.setup is not None and (folder := self.setup.folder) is not None:
            chosen = folder / name if (folder / name).is_dir() else folder
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(chosen)))


class BackupSection(_FolderSection):
    """When the newest backup was made, and making one.

    Args:
        runner: makes the backup.
    """

    def __init__(self, runner: JobRunner) -> None:
        self._runner = runner
        super().__init__("backup")

    def build(self) -> None:
        """Add the newest backup, the buttons and the folder."""
        self.last = label("", "strong", name="lastBackup")
        self.finding = label("", "small", name="backupFinding", wrap=True)
        self.folder = label("", "caption", name="backupFolder", wrap=True)
        self.now_button = Button(N_("&Back up now"), icon="backup", name="backUpNowButton")
        self.now_button.clicked.connect(self._back_up)
        self.open_button = Button(N_("Open the &folder"), name="backupFolderButton")
        self.open_button.clicked.connect(lambda: self._open(BACKUPS))
        self.column.addWidget(self.last)
        self.add_row(self.now_button, self.open_button)
        self.column.addWidget(self.finding)
        self.column.addWidget(self.folder)
        self.column.addWidget(
            label(
                N_("To restore a backup, close Pravesh and run “pravesh restore” with the file. If "
                   "the database is damaged, Pravesh offers the latest good backup when it "
                   "starts."),
                "secondary", wrap=True,
            )
        )  # fmt: skip

    def load(self, setup: Setup) -> None:
        """Show the newest backup."""
        super().load(setup)
        has_folder = setup.folder is not None
        self.folder.setText(str(setup.folder / BACKUPS) if setup.folder is not None else "")
        self.open_button.setVisible(has_folder)
        self.now_button.setVisible(has_folder)
        self.retranslate()

    def retranslate(self) -> None:
        """Show when the newest backup was made, in the current language."""
        if self.setup is not None:
            self.last.setText(backup_words(self.setup.backup_at))

    def _back_up(self) -> None:
        if self.setup is None or self.setup.folder is None:
            return
        stamp = f"{datetime.now().astimezone():%Y%m%d-%H%M%S}"
        path = self.setup.folder / BACKUPS / f"asked-{stamp}.sqlite3"
        self.now_button.setEnabled(False)
        self.finding.setText(tr(N_("Making the backup…")))
        self._runner.local(
            lambda desk: desk.backups.make(path), self._show_made, failed=self._show_failure
        )

    def _show_made(self, report: BackupReport) -> None:
        self.now_button.setEnabled(True)
        self.finding.setText(
            tr(
                N_("Backup made and checked. Students: {students}, payments: {payments}, "
                   "receipts: {receipts}."),
                students=report.students, payments=report.payments, receipts=report.receipts,
            )
        )  # fmt: skip
        self.last.setText(backup_words(report.made_at))

    def _show_failure(self, error: Exception) -> None:
        self.now_button.setEnabled(True)
        self.finding.setText(describe(error).text())


class AboutSection(_FolderSection):
    """Version, licences, and what support asks for.

    Args:
        checks: returns the findings of the last check.
    """

    def __init__(self, checks: Callable[[], Sequence[str]]) -> None:
        self._checks = checks
        super().__init__("about")

    def build(self) -> None:
        """Add the licences and what helps support."""
        self.version = label("", "strong", name="versionLabel")
        bind_text(self.version, "text", N_("Pravesh {version}"), version=__version__)
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
            tip=N_("Copy details for support, without keys, phone numbers or addresses"),
        )  # fmt: skip
        self.copy_button.clicked.connect(self._copy)
        self.log_button = Button(N_("Open the &log folder"), name="logFolderButton")
        self.log_button.clicked.connect(lambda: self._open("logs"))
        self.finding = label("", "small", name="diagnosticsFinding", wrap=True)
        self.column.addWidget(self.version)
        self.column.addWidget(
            label(N_("Pravesh is free software. It uses Qt under the LGPL, version 3."), wrap=True)
        )
        self.column.addWidget(self.licences, 20)
        self.add_row(self.copy_button, self.log_button, self.finding)

    def load(self, setup: Setup) -> None:
        """Read what diagnostics report."""
        super().load(setup)
        self.log_button.setVisible(setup.folder is not None)

    def support_text(self) -> str:
        """Return what support asks for, redacted; nothing about the centre but the tax."""
        setup = self.setup
        if setup is None:
            return diagnostics({}, ())
        texts = setup.settings.texts
        facts = {name: texts[name] for name in sorted(texts) if not name.startswith("centre.")}
        keys = {"keys": f"{setup.keys.mode.value}, {setup.keys.source}"}
        has_gstin = {"gst": "registered" if texts["centre.gstin"] else "not registered"}
        return diagnostics(facts | keys | has_gstin, self._checks(), setup.folder)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.support_text())
        self.finding.setText(tr(N_("Copied. Paste the details into your message to support.")))
