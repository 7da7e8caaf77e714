"""`python -m tests.screenshots DIR`: every page of the window as PNG files, in every variant.

Three themes, two languages, two window sizes; `--theme`, `--language`, `--size` and `--text` select
fewer, `--only` some of the series. The desk is a real one on sample data: a Hindi name, a long one,
one with markup. Checks nothing itself.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication

from desktop_app.ui.core import i18n
from tests.screenshots import counter_series as counter
from tests.screenshots import dialog_series as dialogs
from tests.screenshots import page_series as pages
from tests.screenshots.studio import Dress, Studio

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = ("1366x768", "1920x1080")
LOOKS = ("light", "dark", "contrast-light")

SERIES: dict[str, tuple[Callable[[Studio], None], bool]] = {
    "counter": (counter.fee_pictures, True),
    "expired": (counter.expired_picture, False),
    "limit": (counter.limit_picture, False),
    "claim": (counter.claim_picture, False),
    "pages": (pages.page_pictures, False),
    "decisions": (pages.decision_pictures, False),
    "amounts": (pages.other_amount_pictures, False),
    "empty": (pages.empty_pictures, False),
    "failure": (pages.failure_picture, False),
    "settings": (dialogs.settings_pictures, False),
    "wizard": (dialogs.wizard_pictures, False),
    "crash": (dialogs.crash_picture, False),
    "display": (dialogs.display_pictures, False),
    "receipts": (dialogs.receipt_pictures, False),
}
"""Drawings by name, and whether they need the training window."""


def parsed(words: list[str]) -> tuple[Path, list[str], list[Dress]]:
    """Parse the command line into the folder, the series and the variants to draw."""
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--only", action="append", choices=[*SERIES])
    parser.add_argument("--theme", action="append", choices=[*LOOKS, "contrast-dark"])
    parser.add_argument("--language", action="append", choices=[*i18n.LANGUAGES])
    parser.add_argument("--size", action="append", choices=SIZES)
    parser.add_argument("--text", type=int, default=100, metavar="PERCENT")
    given = parser.parse_args(words)
    wanted = [
        Dress(look, spoken, QSize(*(int(side) for side in size.split("x"))), given.text)
        for look in given.theme or LOOKS
        for spoken in given.language or i18n.LANGUAGES
        for size in given.size or SIZES
    ]
    return given.folder, given.only or [*SERIES], wanted


def main(words: list[str]) -> int:
    folder, names, wanted = parsed(words)
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication([])
    app.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    QApplication.setQuitOnLastWindowClosed(False)
    for dress in wanted:
        for name in names:
            series, training = SERIES[name]
            studio = Studio(folder, dress, training=training)
            series(studio)
            studio.close()
    return 0


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)
