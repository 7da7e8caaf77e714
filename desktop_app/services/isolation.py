"""Isolation: what fails about one attempt, refund or command is noted and passed over.

It never stops the others, and it stays visible until it succeeds. Failures of the database and of
the disk concern everything: they are never passed over.
"""

from __future__ import annotations

import json
import logging
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.services.errors import GatewayError, StorageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from desktop_app.services.context import Context

log = logging.getLogger(__name__)

STUCK = "checks.stuck"
"""The setting that keeps what is stuck: an error's class name by the subject's id."""

MOST_KEPT = 200


@contextmanager
def passing_over(failed: dict[str, str], *subjects: str) -> Iterator[None]:
    """Pass over whatever is raised about some subjects; their ids may be logged, data may not.

    Args:
        failed: gets the error's class name by each subject.
        subjects: ids, at least one.

    Raises:
        StorageError: the database or the disk failed.
        GatewayError: the caller knows what it means.
    """
    try:
        yield
    except (StorageError, GatewayError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - any other kind may be caused by one answer
        kind = type(error).__name__
        log.error("%s is passed over: %s at %s", subjects[0], kind, _place_of(error))  # noqa: TRY400
        failed |= dict.fromkeys(subjects, kind)


def _place_of(error: Exception) -> str:
    """Return where an error was raised: a message or a traceback could hold a name or a VPA."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"


def stuck_subjects(context: Context) -> Mapping[str, str]:
    """Return what could not be read or recorded when it was looked at last."""
    stored = context.store.reader.settings.all().get(STUCK)
    found = json.loads(stored) if stored else {}
    return found if isinstance(found, dict) else {}


def note_stuck(context: Context, failed: Mapping[str, str], done: Collection[str]) -> None:
    """Keep what failed, and forget what is done.

    Args:
        context: the ports.
        failed: the error's class name by the subject's id.
        done: ids of subjects that were read and recorded, or are no longer looked at.
    """
    before = stuck_subjects(context)
    if not failed and before.keys().isdisjoint(done):
        return
    kept = {subject: problem for subject, problem in before.items() if subject not in done}
    now = dict(list((kept | dict(failed)).items())[-MOST_KEPT:])
    if now == before:
        return
    with context.store.writing() as work:
        work.put_setting(STUCK, json.dumps(now))
        work.commit()
