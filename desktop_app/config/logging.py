"""The log file: rotated, and redacted of keys, phone numbers and addresses before writing."""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

LOG = "pravesh.log"
MOST_BYTES = 1_000_000
KEPT = 5
_KEY = r"rzp_(test|live)_[A-Za-z0-9]+"
_BASIC = r"(?i)(basic|bearer)\s+[A-Za-z0-9+/=._-]{8,}"
_PHONE = r"(?<![A-Za-z0-9])(?:\+?91[\s-]?)?[6-9]\d{4}[\s-]?\d{5}(?!\d)"
_EMAIL = r"[^\s@<>\"']+@[^\s@<>\"']+\.[A-Za-z]{2,}"
_VPA = r"[A-Za-z0-9._-]{2,}@[A-Za-z]{2,}"


def redact(text: str) -> str:
    """Return a text with keys, phone numbers, e-mail addresses and VPAs replaced."""
    text = re.sub(_KEY, r"rzp_\1_[key]", text)
    text = re.sub(_BASIC, r"\1 [secret]", text)
    text = re.sub(_PHONE, "[phone]", text)
    text = re.sub(_EMAIL, "[e-mail]", text)
    return re.sub(_VPA, "[vpa]", text)


class Redacting(logging.Formatter):
    """A formatter that redacts its whole output, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        """Format and redact a record."""
        return redact(super().format(record))


class RotatedFile(logging.FileHandler):
    """A log file that is put aside when it is full: older ones have a number after their name.

    `RotatingFileHandler` does the same, but its module loads sockets and pickle at every start.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, and put the file aside when it is full."""
        super().emit(record)
        with suppress(OSError):  # a full disk: nothing fails because of a log
            if self.stream is not None and self.stream.tell() >= MOST_BYTES:
                full, self.stream = self.stream, None  # the next record opens a new one
                full.close()
                self._put_aside()

    def _put_aside(self) -> None:
        numbered = (f"{self.baseFilename}.{number}" for number in range(1, KEPT + 1))
        names = [self.baseFilename, *numbered]
        for newer, older in reversed(list(pairwise(names))):
            with suppress(OSError):
                Path(newer).replace(older)


def start_logging(folder: Path, *, level: int = logging.INFO) -> logging.Handler | None:
    """Log to a file in a data folder.

    Returns:
        The handler, for `stop_logging`; None where this process logs to that file already, or where
        the folder cannot be written to.
    """
    path = (folder / "logs" / LOG).absolute()
    logger = logging.getLogger("desktop_app")
    if any(getattr(each, "baseFilename", "") == str(path) for each in logger.handlers):
        return None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatedFile(path, encoding="utf-8")
    except OSError:
        return None
    handler.setFormatter(Redacting("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(level)
    logger.propagate = False
    return handler


def stop_logging(handler: logging.Handler | None) -> None:
    """Close a handler returned by `start_logging`."""
    if handler is None:
        return
    logging.getLogger("desktop_app").removeHandler(handler)
    handler.close()
