"""The one style sheet of the window, filled in from a theme's tokens.

Widgets are distinguished by the dynamic properties `role` (labels), `kind` (buttons, frames) and
`tone` (states), set before they are shown. No rule may name a colour that is not a token.
"""

# ruff: noqa: E501 - one rule of the style sheet a line reads best
from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_app.ui.core.design_tokens import Tokens

_SHEET = """
QToolTip { background: %(surface)s; color: %(ink)s; border: 1px solid %(edge)s; padding: 4px 8px; font-size: 13px; }
QLabel { background: transparent; color: %(ink)s; }
QLabel[role="caption"] { font-size: 12px; color: %(ink_2)s; }
QLabel[role="secondary"] { color: %(ink_2)s; }
QLabel[role="small"] { font-size: 13px; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="section"] { font-size: 18px; font-weight: 600; }
QLabel[role="name"] { font-size: 20px; font-weight: 600; }
QLabel[role="page"] { font-size: 24px; font-weight: 600; }
QLabel[role="amount"] { font-size: 46px; font-weight: 700; }
QLabel[role="total"] { font-size: 36px; font-weight: 700; }
QLabel[role="verdict"] { font-size: 28px; font-weight: 700; }
QLabel[role="clock"] { font-size: 24px; font-weight: 600; }
QLabel[role="display"] { font-size: 56px; font-weight: 700; }
QLabel[role="brand"] { font-size: 15px; font-weight: 700; color: %(accent)s; }
QLabel[role="key"] { font-size: 12px; color: %(ink_2)s; border: 1px solid %(line)s; border-radius: 4px; padding: 0 5px; }
QLabel[tone="paid"] { color: %(paid)s; }
QLabel[tone="attention"] { color: %(attention)s; }
QLabel[tone="wrong"] { color: %(wrong)s; }
QLabel[tone="accent"] { color: %(accent)s; }
QLabel[tone="quiet"] { color: %(ink_2)s; }
QLabel[tone="plain"] { color: %(ink_2)s; font-size: 12px; }

QFrame[kind="card"] { background: %(surface)s; border: %(border)spx solid %(line)s; border-radius: 8px; }
QFrame[kind="panel"] { background: %(surface)s; border: none; border-left: %(border)spx solid %(line)s; }
QFrame[kind="nav"] { background: %(surface)s; border: none; border-right: %(border)spx solid %(line)s; }
QFrame[kind="tray"] { background: %(surface)s; border: none; border-top: %(border)spx solid %(line)s; }
QFrame[kind="rule"] { background: %(line)s; border: none; max-height: %(border)spx; min-height: %(border)spx; }
QFrame[kind="well"] { background: %(canvas)s; border: %(border)spx solid %(line)s; border-radius: 8px; }
QFrame[kind="paid"] { background: %(paid_soft)s; border: %(border)spx solid %(paid)s; border-radius: 8px; }
QFrame[kind="paper"] { background: %(surface)s; border: %(border)spx dashed %(edge)s; border-radius: 8px; }
QFrame[kind="banner"] { background: %(attention_soft)s; border: none; border-bottom: %(border)spx solid %(attention)s; }
QFrame[kind="notice"] { background: %(surface)s; border: %(border)spx solid %(edge)s; border-left: 4px solid %(accent)s; border-radius: 8px; }
QFrame[kind="notice"][tone="wrong"] { border-left-color: %(wrong)s; }
QFrame[kind="notice"][tone="attention"] { border-left-color: %(attention)s; }
QFrame[kind="notice"][tone="paid"] { border-left-color: %(paid)s; }
QFrame[kind="badge"] { background: %(accent_soft)s; border: %(border)spx solid %(accent_soft)s; border-radius: 13px; }
QFrame[kind="badge"][tone="paid"] { background: %(paid_soft)s; border-color: %(paid_edge)s; }
QFrame[kind="badge"][tone="attention"] { background: %(attention_soft)s; border-color: %(attention_edge)s; }
QFrame[kind="badge"][tone="wrong"] { background: %(wrong_soft)s; border-color: %(wrong_edge)s; }
QFrame[kind="badge"][tone="quiet"] { background: %(canvas)s; border-color: %(line)s; }
QFrame[kind="badge"][tone="plain"] { background: transparent; border-color: transparent; }

QLineEdit, QPlainTextEdit, QSpinBox, QDateEdit, QComboBox {
    background: %(surface)s; color: %(ink)s; border: %(border)spx solid %(edge)s; border-radius: 8px;
    padding: 0 10px; min-height: 34px; selection-background-color: %(accent)s; selection-color: %(on_accent)s;
    placeholder-text-color: %(ink_2)s; }
QPlainTextEdit { padding: 6px 8px; }
QLineEdit:focus, QPlainTextEdit:focus, QSpinBox:focus, QDateEdit:focus, QComboBox:focus {
    border: 2px solid %(accent)s; padding: 0 9px; }
QLineEdit:disabled, QComboBox:disabled { color: %(ink_2)s; background: %(canvas)s; }
QLineEdit[tone="wrong"] { border-color: %(wrong)s; }
QComboBox::drop-down, QDateEdit::drop-down { border: none; width: 28px; }
QComboBox::down-arrow, QDateEdit::down-arrow { image: url(%(chevron)s); width: 16px; height: 16px; }
QComboBox QAbstractItemView { background: %(surface)s; border: %(border)spx solid %(edge)s; outline: none;
    selection-background-color: %(accent_soft)s; selection-color: %(ink)s; padding: 4px; }
QComboBox QAbstractItemView::item { min-height: 32px; padding: 0 8px; }
QLineEdit[kind="search"] { min-height: 38px; font-size: 16px; }

QPushButton { background: %(surface)s; color: %(ink)s; border: %(border)spx solid %(edge)s; border-radius: 8px;
    padding: 0 14px; min-height: 34px; }
QPushButton:hover { background: %(raised)s; }
QPushButton:pressed { background: %(resting)s; }
QPushButton:focus { border: 2px solid %(accent)s; padding: 0 13px; }
QPushButton:disabled { color: %(ink_2)s; background: %(canvas)s; border-color: %(line)s; }
QPushButton[kind="primary"] { background: %(accent)s; color: %(on_accent)s; border: 2px solid %(accent)s;
    min-height: 44px; font-weight: 600; font-size: 16px; }
QPushButton[kind="primary"]:hover { background: %(accent_hover)s; border-color: %(accent_hover)s; }
QPushButton[kind="primary"]:focus { border: 5px double %(on_accent)s; padding: 0 11px; min-height: 38px; }
QPushButton[kind="primary"]:disabled { background: %(resting)s; border-color: %(resting)s; color: %(ink_2)s; }
QPushButton[kind="danger"] { color: %(wrong)s; border-color: %(wrong)s; }
QPushButton[kind="quiet"] { background: transparent; border: %(border)spx solid transparent; color: %(ink_2)s; padding: 0 8px; }
QPushButton[kind="quiet"]:hover { background: %(raised)s; color: %(ink)s; }
QPushButton[kind="quiet"]:focus { border: 2px solid %(accent)s; padding: 0 7px; color: %(ink)s; }
QPushButton[kind="link"] { background: transparent; border: %(border)spx solid transparent; color: %(ink_2)s; padding: 0 2px;
    min-height: 26px; font-size: 13px; text-decoration: underline; }
QPushButton[kind="link"]:hover { color: %(ink)s; }
QPushButton[kind="link"]:focus { border: 2px solid %(accent)s; padding: 0 1px; color: %(ink)s; }
QPushButton[kind="compact"] { min-height: 26px; padding: 0 10px; font-size: 13px; }
QPushButton[kind="compact"]:focus { padding: 0 9px; }
QPushButton[kind="filter"] { min-height: 26px; padding: 0 10px; font-size: 13px; }
QPushButton[kind="filter"]:focus { padding: 0 9px; }
QPushButton[kind="choice"]:checked, QPushButton[kind="filter"]:checked { background: %(accent)s; color: %(on_accent)s;
    border-color: %(accent)s; }
QPushButton[kind="choice"]:checked:focus { border: 5px double %(on_accent)s; padding: 0 10px; min-height: 26px; }
QPushButton[kind="filter"]:checked:focus { border: 5px double %(on_accent)s; padding: 0 6px; min-height: 18px; }
QPushButton[kind="segment"] { padding: 0 8px; min-height: 34px; font-weight: 600; color: %(ink_2)s; }
QPushButton[kind="segment"]:focus { padding: 0 7px; min-height: 32px; }
QPushButton[kind="segment"]:checked { background: %(accent_soft)s; color: %(accent)s; border: 2px solid %(accent)s;
    padding: 0 7px; min-height: 32px; }
QPushButton[kind="segment"]:checked:focus { border: 5px double %(accent)s; padding: 0 4px; min-height: 26px; }
QPushButton[kind="segment"]:disabled { color: %(ink_2)s; background: %(canvas)s; border-color: %(line)s; }
QPushButton[kind="status"] { background: transparent; border: %(border)spx solid transparent; color: %(ink_2)s;
    padding: 0 6px; min-height: 24px; font-size: 12px; }
QPushButton[kind="status"]:hover { color: %(ink)s; background: %(raised)s; }
QPushButton[kind="status"]:focus { border: 2px solid %(accent)s; padding: 0 5px; }
QPushButton[kind="status"][tone="paid"] { color: %(paid)s; }
QPushButton[kind="status"][tone="attention"] { color: %(attention)s; }
QPushButton[kind="status"][tone="wrong"] { color: %(wrong)s; }
QPushButton[kind="chip"] { border-radius: 16px; min-height: 30px; padding: 0 12px; font-size: 13px; border-color: %(line)s; }
QPushButton[kind="chip"]:focus { border: 2px solid %(accent)s; padding: 0 11px; }
QPushButton[kind="chip"][has_cross="yes"] { padding: 0 36px 0 12px; }
QPushButton[kind="chip"][has_cross="yes"]:focus { padding: 0 35px 0 11px; }
QPushButton[kind="chip"][tone="accent"] { border-color: %(accent)s; }
QPushButton[kind="chip"][tone="paid"] { border-color: %(paid)s; color: %(paid)s; background: %(paid_soft)s; }
QPushButton[kind="chip"][tone="attention"] { border-color: %(attention)s; color: %(attention)s; background: %(attention_soft)s; }
QPushButton[kind="chip"][tone="wrong"] { border-color: %(wrong)s; color: %(wrong)s; }
QToolButton[kind="nav"] { background: transparent; border: none; border-left: 3px solid transparent; color: %(ink_2)s;
    font-size: 12px; padding: 4px 0; }
QToolButton[kind="nav"]:hover { background: %(raised)s; color: %(ink)s; }
QToolButton[kind="nav"]:checked { color: %(accent)s; border-left: 3px solid %(accent)s; background: %(accent_soft)s; font-weight: 600; }
QToolButton[kind="nav"]:focus { border: 2px solid %(accent)s; }

QAbstractItemView { background: %(surface)s; alternate-background-color: %(canvas)s; border: %(border)spx solid %(line)s;
    border-radius: 8px; outline: none; font-size: 13px; gridline-color: %(line)s;
    selection-background-color: %(accent_soft)s; selection-color: %(ink)s; }
QAbstractItemView:focus { border: 2px solid %(accent)s; }
QTableWidget[kind="bill"] { background: transparent; border: none; border-radius: 0; }
QTableWidget[kind="bill"]::item { padding: 0; border: none; }
QTableView::item { padding: 0 8px; border-bottom: 1px solid %(line)s; }
QTableView::item:selected { background: %(accent_soft)s; color: %(ink)s; }
QListWidget[kind="pages"] { background: %(canvas)s; border: none; border-right: %(border)spx solid %(line)s; border-radius: 0;
    font-size: 15px; padding: 12px 0; }
QListWidget[kind="pages"]::item { padding: 10px 16px; border-left: 3px solid transparent; color: %(ink)s; }
QListWidget[kind="pages"]::item:selected { background: %(accent_soft)s; border-left: 3px solid %(accent)s; color: %(accent)s; }
QHeaderView { background: %(surface)s; border: none; }
QHeaderView::section { background: %(surface)s; color: %(ink_2)s; border: none; border-bottom: %(border)spx solid %(line)s;
    padding: 8px; font-size: 12px; font-weight: 600; }
QHeaderView[orders="true"]::section:hover { color: %(ink)s; background: %(raised)s; }
QTableCornerButton::section { background: %(surface)s; border: none; }
QTextBrowser { background: %(surface)s; color: %(ink)s; border: %(border)spx solid %(line)s; border-radius: 8px; }
QTextBrowser:focus { border: 2px solid %(accent)s; }
QScrollArea { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 2px; }
QScrollBar::handle { background: %(edge)s; border-radius: 3px; min-height: 28px; min-width: 28px; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: none; border: none; width: 0; height: 0; }
QProgressBar { background: %(line)s; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: %(accent)s; border-radius: 2px; }
QProgressBar[tone="attention"]::chunk { background: %(attention)s; }
QCheckBox, QRadioButton { color: %(ink)s; spacing: 8px; min-height: 28px; }
QCheckBox::indicator, QTableView::indicator { width: 16px; height: 16px; border: %(border)spx solid %(edge)s; border-radius: 4px; background: %(surface)s; }
QCheckBox::indicator:checked, QTableView::indicator:checked { background: %(accent)s; border-color: %(accent)s; image: url(%(tick)s); }
QCheckBox::indicator:focus { border-color: %(accent)s; }
QCheckBox:focus { color: %(accent)s; }
QStatusBar { background: %(canvas)s; border-top: %(border)spx solid %(line)s; }
QStatusBar::item { border: none; }
QMenu { background: %(surface)s; border: %(border)spx solid %(edge)s; padding: 4px; }
QMenu::item { padding: 6px 24px; border-radius: 4px; }
QMenu::item:selected { background: %(accent_soft)s; color: %(ink)s; }
"""


def _chevron(name: str) -> str:
    return (Path(__file__).parents[1] / "icons" / f"{name}.svg").as_posix()


_SIZES = r"(font-size|min-height|padding|(?<![-\w])(?:width|height)): ([^;}]+)"
_PIXELS = r"(\d+)px"
_HAIRLINES_PX = 4
"""Lengths up to this are lines, not room for text."""


def _enlarged(sheet: str, scale: float) -> str:
    """Scale what holds text: font sizes, heights, paddings."""

    def length(found: re.Match[str]) -> str:
        pixels = int(found[1])
        return f"{pixels if pixels <= _HAIRLINES_PX else round(pixels * scale)}px"

    return re.sub(_SIZES, lambda each: f"{each[1]}: {re.sub(_PIXELS, length, each[2])}", sheet)


def stylesheet(tokens: Tokens, scale: float = 1.0) -> str:
    """Fill the sheet in from a theme's tokens, with its text enlarged by `scale`."""
    values = tokens._asdict()
    strong = tokens.border > 1
    for state in ("paid", "attention", "wrong"):
        values[f"{state}_edge"] = values[state] if strong else values[f"{state}_soft"]
    values["resting"] = tokens.raised if strong else tokens.line
    values["accent_hover"] = tokens.accent
    values["chevron"] = _chevron("down-dark" if tokens.is_dark else "down-light")
    values["tick"] = _chevron("tick-dark" if tokens.is_dark else "tick-light")
    filled = _SHEET % values
    return filled if scale == 1.0 else _enlarged(filled, scale)
