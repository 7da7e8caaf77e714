"""`python -m tests.screenshots.design [DIR]`: the pictures of `resources/docs/design-language.md`.

Swatches of every theme, the type scale and a sheet of components, drawn with the window's own
style sheet, so that they always match the window.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from desktop_app.ui import icons
from desktop_app.ui.core import theme
from desktop_app.ui.core.design_tokens import THEMES
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.theme import contrast
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import label
from desktop_app.ui.widgets.select import Select

HOME = Path(__file__).parents[2] / "resources" / "docs" / "images"
TOKENS = (
    "canvas", "surface", "raised", "ink", "ink_2", "line", "edge", "accent", "accent_soft", "paid",
    "paid_soft", "attention", "attention_soft", "wrong", "wrong_soft",
)  # fmt: skip
TYPE = (
    ("display", 56, "₹11,800.00"), ("amount", 46, "₹11,800.00"), ("total", 36, "₹11,800.00"),
    ("page", 24, "Payments"),
    ("section", 18, "Something went wrong"), ("body", 15, "The parent scans with any UPI app."),
    ("small", 13, "Asha Rao · R001 · Physics XI"), ("caption", 12, "checked 2 s ago"),
)  # fmt: skip
STATES = (
    ("Not paid yet", "waiting", "accent"), ("Paid", "paid", "paid"),
    ("Expires soon", "attention", "attention"), ("Failed", "wrong", "wrong"),
    ("Offline", "offline", "attention"), ("Late", "late", "accent"),
)  # fmt: skip


def swatches() -> QWidget:
    """Draw every token of every theme, with its contrast to the window's background."""
    sheet = QWidget()
    grid = QGridLayout(sheet)
    grid.setContentsMargins(16, 16, 16, 16)
    grid.setSpacing(6)
    for column, look in enumerate(THEMES.values(), 1):
        grid.addWidget(label(look.name, "strong"), 0, column)
    for row, token in enumerate(TOKENS, 1):
        grid.addWidget(label(token, "small"), row, 0)
        for column, look in enumerate(THEMES.values(), 1):
            colour = getattr(look, token)
            ink = "#000000" if contrast("#000000", colour) > 7 else "#FFFFFF"
            made = QLabel(f"{colour}  {contrast(colour, look.canvas):.1f}")
            made.setStyleSheet(
                f"background: {colour}; color: {ink}; border: 1px solid #888; font-size: 12px;"
                " padding: 4px 8px;"
            )
            grid.addWidget(made, row, column)
    return sheet


def type_scale() -> QWidget:
    """Draw every text size, in Latin and Devanagari."""
    sheet = QWidget()
    grid = QGridLayout(sheet)
    grid.setContentsMargins(16, 16, 16, 16)
    grid.setHorizontalSpacing(24)
    hindi = {"Payments": "भुगतान", "Something went wrong": "कुछ गड़बड़ हुई"}
    for row, (role, pixels, sample) in enumerate(TYPE):
        grid.addWidget(label(f"{role} · {pixels} px", "caption"), row, 0)
        grid.addWidget(label(sample, role), row, 1)
        grid.addWidget(label(hindi.get(sample, "विद्यार्थी, रसीद, नक़द"), role), row, 2)
    return sheet


def components() -> QWidget:
    """Draw buttons, fields, states and a notice, as pages use them."""
    sheet = QWidget()
    column = QVBoxLayout(sheet)
    column.setContentsMargins(16, 16, 16, 16)
    column.setSpacing(12)
    for row in (_buttons(), _fields(), _states(), _icons()):
        column.addLayout(row)
    return sheet


def _buttons() -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    off = Button("Disabled", kind="primary")
    off.setEnabled(False)
    for made in (
        Button("Collect ₹11,800   F9", kind="primary", icon="qr"), off, Button("Plain"),
        Button("Cancel payment", kind="danger"), Button("Quiet", kind="quiet"),
        Button("Compact", kind="compact"), Button("Status", kind="status", icon="online"),
    ):  # fmt: skip
        row.addWidget(made)
    row.addStretch(1)
    return row


def _fields() -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    typed, empty, wrong = QLineEdit("Asha Rao"), QLineEdit(), QLineEdit("29ABCDE1234F1Z5")
    empty.setPlaceholderText("Name, roll number or phone")
    wrong.setProperty("tone", "wrong")
    ticked = QCheckBox("Ticked")
    ticked.setChecked(True)
    time = QProgressBar()
    time.setTextVisible(False)
    time.setValue(60)
    for made in (typed, empty, wrong, Select([(N_("A5 page"), "a5")]), ticked, time):
        row.addWidget(made)
    return row


def _states() -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for word, icon, tone in STATES:
        badge = QFrame()
        badge.setProperty("kind", "badge")
        badge.setProperty("tone", tone)
        inner = QHBoxLayout(badge)
        inner.setContentsMargins(8, 2, 12, 2)
        inner.addWidget(IconLabel(icon, tone, 16))
        inner.addWidget(label(word, "small", tone=tone))
        row.addWidget(badge)
    card = Card(margin=12)
    card.column.addWidget(label("A card: lines, no shadow", "strong"))
    row.addWidget(card)
    row.addStretch(1)
    return row


def _icons() -> QGridLayout:
    grid = QGridLayout()
    grid.setSpacing(10)
    names = [each for each in icons.names() if not each.startswith("down-")]
    for at, name in enumerate(names):
        grid.addWidget(IconLabel(name, "ink", 20), at // 20, at % 20)
    return grid


def save(widget: QWidget, path: Path) -> None:
    """Show a sheet and save it as a small PNG."""
    widget.setObjectName("sheet")
    widget.show()
    widget.resize(widget.sizeHint())
    QApplication.processEvents()
    widget.grab().save(str(path))
    print(path, path.stat().st_size)
    widget.close()


def main(words: list[str]) -> int:
    """Draw every picture."""
    folder = Path(words[0]) if words else HOME
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.apply(app, "light")
    save(swatches(), folder / "design-colours.png")
    save(type_scale(), folder / "design-type.png")
    for look in ("light", "dark", "contrast-dark"):
        theme.apply(app, look)
        save(components(), folder / f"design-components-{look}.png")
    return 0


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)
