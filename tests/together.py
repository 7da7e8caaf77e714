"""Does several things at the same time, as two windows or processes do."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from desktop_app.domain.errors import DomainError
from desktop_app.services.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable


def together(*does: Callable[[], object]) -> list[str]:
    """Do things at once; return what each came to."""
    barrier, came = threading.Barrier(len(does)), []

    def run(do: Callable[[], object]) -> None:
        barrier.wait()
        try:
            do()
            came.append("done")
        except (DomainError, ServiceError) as error:
            came.append(type(error).__name__)

    threads = [threading.Thread(target=run, args=(do,)) for do in does]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return sorted(came)
