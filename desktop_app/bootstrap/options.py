"""The options of every command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """The options that every command takes.

    Attributes:
        data_dir: None for the system's usual place.
        gateway_url: None for Razorpay, or in training the embedded sandbox.
    """

    training: bool = False
    data_dir: Path | None = None
    gateway_url: str | None = None
