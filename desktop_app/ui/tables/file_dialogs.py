"""File dialogs that start in the documents folder, with nothing typed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from desktop_app.ui.core.desktop_services import documents_folder
from desktop_app.ui.core.i18n import N_, tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def file_dialog(parent: QWidget, title: N_, kinds: str) -> QFileDialog:
    """Return a dialog for a file, in the documents folder or else at home.

    Qt takes a folder that does not exist for the name of a file, and types it.
    """
    where = documents_folder()
    if not where.is_dir():
        where = Path.home()
    dialog = QFileDialog(parent, tr(title), str(where), kinds)
    dialog.setObjectName("sheetFileDialog")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
