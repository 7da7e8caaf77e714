"""Between an amount's components and the columns of a due or an allocation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktop_app.domain.money import Money
from desktop_app.domain.tax import SplitRule, Tax

if TYPE_CHECKING:
    from collections.abc import Mapping


def tax_columns(tax: Tax) -> Mapping[str, int]:
    """Return the columns of an amount and its components."""
    return {
        "amount_paise": tax.total.paise,
        "taxable_paise": tax.taxable.paise,
        "cgst_paise": tax.cgst.paise,
        "sgst_paise": tax.sgst.paise,
        "igst_paise": tax.igst.paise,
        "split_rule": int(tax.split_rule),
    }


def tax_of(row: Any) -> Tax:
    """Return the components of a row's amount; the row has the rate of its due as well."""
    return Tax(
        taxable=Money(row.taxable_paise),
        cgst=Money(row.cgst_paise),
        sgst=Money(row.sgst_paise),
        rate_bp=row.gst_bp,
        igst=Money(row.igst_paise),
        split_rule=SplitRule(row.split_rule),
    )
