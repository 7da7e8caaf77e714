"""Every section of the pages, in the order of the menu."""

from __future__ import annotations

from .invoice_sections import INVOICE_SECTIONS
from .money_sections import MONEY_SECTIONS
from .settings_section import ACCOUNTS, SETTINGS
from .settlement_sections import SETTLEMENT_SECTIONS
from .tool_sections import TOOL_SECTIONS
from .webhook_sections import WEBHOOK_SECTIONS

ALL_SECTIONS = (
    *MONEY_SECTIONS,
    *INVOICE_SECTIONS,
    *SETTLEMENT_SECTIONS,
    *WEBHOOK_SECTIONS,
    *TOOL_SECTIONS,
    SETTINGS,
    ACCOUNTS,
)
