"""A family's bill as the customer display shows it, before it is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from desktop_app.domain.money import Money


class FamilyBill(NamedTuple):
    """The lines as student, fee and amount, and what is to pay."""

    lines: tuple[tuple[str, str, Money], ...]
    total: Money
