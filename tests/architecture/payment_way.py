"""Records the way of one payment through the program: the files that handle it, in order.

A file is on the way where a function of it is handed the payment, or hands it back: the
gateway's JSON, a fact, a snapshot, an observation, a record, or a view of the paid attempt.
Functions that get only an amount, an id or a time of it are not counted. Of the storage only the
door counts, `storage/payments/`: mapping, statements and seals below are not opened.

Returns are counted as a reader would: each time the walk comes back to a file that it had
left, after a call has ended or by a signal.
"""

from __future__ import annotations

import sys
import threading
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import desktop_app

if TYPE_CHECKING:
    from types import FrameType

ROOT = Path(desktop_app.__file__).parent
PLAYED = ("sandbox/",)
MOST_DEEP = 5
MOST_LOOKED_AT = 100


class PaymentWay:
    """Records while it is entered; every thread that begins meanwhile is recorded too."""

    def __init__(self, payment_id: str) -> None:
        self._payment_id = payment_id
        self.steps: list[tuple[str, str]] = []

    def _profile(self, frame: FrameType, event: str, value: Any) -> None:
        file = frame.f_code.co_filename
        if event not in ("call", "return") or not file.startswith(f"{ROOT}/"):
            return
        name = file[len(f"{ROOT}/") :]
        if name.startswith(PLAYED):
            return
        code = frame.f_code
        if event == "call":
            count = code.co_argcount + code.co_kwonlyargcount
            args = [frame.f_locals.get(each) for each in code.co_varnames[:count] if each != "self"]
            if self._carries(args, 0):
                self.steps.append((name, ">" + code.co_name))
        elif self._carries(value, 0):
            self.steps.append((name, "<" + code.co_name))
            caller = frame.f_back
            if caller is not None and caller.f_code.co_filename.startswith(f"{ROOT}/"):
                self.steps.append(
                    (caller.f_code.co_filename[len(f"{ROOT}/") :], "=" + caller.f_code.co_name)
                )

    def _carries(self, value: Any, depth: int) -> bool:
        if depth > MOST_DEEP or value is None:
            return False
        if isinstance(value, dict):
            if self._payment_id in (value.get("id"), value.get("payment_id")):
                return True
            return any(
                self._carries(each, depth + 1) for each in list(value.values())[:MOST_LOOKED_AT]
            )
        if isinstance(value, (list, tuple, set, frozenset)):
            return any(self._carries(each, depth + 1) for each in list(value)[:MOST_LOOKED_AT])
        if is_dataclass(value) and not isinstance(value, type):
            if getattr(value, "payment_id", None) == self._payment_id:
                return True
            return any(
                self._carries(getattr(value, each.name, None), depth + 1) for each in fields(value)
            )
        return False

    def __enter__(self) -> PaymentWay:
        threading.setprofile_all_threads(self._profile) if hasattr(
            threading, "setprofile_all_threads"
        ) else threading.setprofile(self._profile)
        sys.setprofile(self._profile)
        return self

    def __exit__(self, *_error: object) -> None:
        sys.setprofile(None)
        threading.setprofile(None)
