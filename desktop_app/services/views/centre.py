"""Read model of the centre."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CentreView:
    """The centre as receipts name it.

    Attributes:
        gstin, logo: empty without; the logo is its picture's name in the data folder.
        phone: ten digits; empty without.
    """

    name: str = ""
    address: str = ""
    gstin: str = ""
    state: str = ""
    email: str = ""
    logo: str = ""
    phone: str = ""
