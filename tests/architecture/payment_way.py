"""The way of one payment through the program: the files that handle it, in order.

A step is a call that is handed the payment, or one that hands it back. The payment has many shapes
on its way, all of them dataclasses: a fact, an order that shows it, a snapshot, an observation, a
record, a row, a view, the result of a poll. A function that gets only its id, amount or time does
not handle it, nor does a method of the shape itself.

The way begins where the gateway's answer becomes a fact, and ends where a given function of the
screen is handed the view. Below `storage/` the files are listed beside the way: rows are written
there, and nothing is decided.

A return is a step in a file that the way had left before, by a call or by the end of a call.
"""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass, fields, is_dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import desktop_app

if TYPE_CHECKING:
    from types import CodeType, FrameType, TracebackType

ROOT = f"{Path(desktop_app.__file__).parent}/"
PLUMBING = ("storage/", "sandbox/")
MOST_DEEP = 5
MOST_LOOKED_AT = 100


@dataclass(frozen=True)
class Step:
    """A function that handled the payment, below `desktop_app`."""

    file: str
    function: str


class PaymentWay:
    """Records the steps of every thread that began after it was entered, and of this one.

    Args:
        until: the function, `file:name`, with which the way ends.
    """

    def __init__(self, until: str) -> None:
        self.payment_id = ""
        self.steps: list[Step] = []
        self._until = until
        self._is_over = False

    def __enter__(self) -> PaymentWay:
        threading.setprofile(self._profile)
        sys.setprofile(self._profile)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        sys.setprofile(None)
        threading.setprofile(None)

    @property
    def stays(self) -> list[str]:
        """The files of the way in order, each as often as it was come to."""
        files = [each.file for each in self.steps if not each.file.startswith(PLUMBING)]
        return [file for file, _steps in groupby(files)]

    @property
    def files(self) -> set[str]:
        """The files of the way."""
        return set(self.stays)

    @property
    def returns(self) -> int:
        """How often the way came back to a file that it had left."""
        return len(self.stays) - len(self.files)

    def _profile(self, frame: FrameType, event: str, value: Any) -> None:
        code = frame.f_code
        if not self.payment_id or self._is_over or not code.co_filename.startswith(ROOT):
            return
        if event == "call":
            count = code.co_argcount + code.co_kwonlyargcount
            names = (each for each in code.co_varnames[:count] if each != "self")
            if any(self._is_carried_by(frame.f_locals.get(each)) for each in names):
                self._note(code)
        elif event == "return" and self._is_carried_by(value):
            self._note(code)
            if frame.f_back is not None and frame.f_back.f_code.co_filename.startswith(ROOT):
                self._note(frame.f_back.f_code)

    def _note(self, code: CodeType) -> None:
        step = Step(code.co_filename.removeprefix(ROOT), code.co_name)
        self.steps.append(step)
        self._is_over = f"{step.file}:{step.function}" == self._until

    def _is_carried_by(self, value: Any, depth: int = 0) -> bool:
        if depth > MOST_DEEP:
            return False
        if isinstance(value, list | tuple | set | frozenset | dict):
            inner = list(value.values() if isinstance(value, dict) else value)[:MOST_LOOKED_AT]
        elif is_dataclass(value) and type(value).__module__.startswith(desktop_app.__name__):
            if getattr(value, "payment_id", None) == self.payment_id:
                return True
            inner = [getattr(value, each.name, None) for each in fields(value)]
        else:
            return False
        return any(self._is_carried_by(each, depth + 1) for each in inner)
