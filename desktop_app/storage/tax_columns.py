"""Between an amount's components and the columns of a due or an allocation."""

from __future__ import annotations

from typing import Any

from desktop_app.domain.tax import SplitRule, Tax
from desktop_app.storage.mapping import record_of

TAX_COLUMNS = (
    "taxable_paise", "cgst_paise", "sgst_paise", "igst_paise", "amount_paise", "split_rule",
)  # fmt: skip
"""The columns of an amount and its components."""

_RULES = {rule.value: rule for rule in SplitRule}


def tax_values(tax: Tax) -> tuple[int, ...]:
    """Return the values of these columns."""
    taxable, cgst, sgst = tax.taxable.paise, tax.cgst.paise, tax.sgst.paise
    igst = tax.igst.paise
    return taxable, cgst, sgst, igst, taxable + cgst + sgst + igst, tax.split_rule._value_


def tax_of(row: Any) -> Tax:
    """Return the components of a row's amount; the row has the rate of its due as well."""
    return record_of(Tax, row, rate_bp=row.gst_bp, split_rule=_RULES[row.split_rule])
