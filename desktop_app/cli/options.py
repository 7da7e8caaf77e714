"""Options common to all commands, accepted before or after the command's name."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from desktop_app.cli.exits import complain
from desktop_app.domain.errors import DomainError
from desktop_app.domain.reasons import SHIPPED, setting_of
from desktop_app.services.errors import GatewayError, ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from desktop_app.bootstrap import OpenDesk, Options
    from desktop_app.domain.reasons import ReasonKind

log = logging.getLogger(__name__)

WORK = "work"
"""Where the root context keeps the `Work` of this command."""


@dataclass(slots=True)
class Work:
    """A command's work on the books.

    Attributes:
        has_written: whether it made something durable; None where that is not known.
    """

    has_written: bool | None = False


def work_of(ctx: click.Context) -> Work:
    """Return the record of what a command has written."""
    found = (ctx.find_root().obj or {}).get(WORK)
    return found if isinstance(found, Work) else Work()


Function = TypeVar("Function", bound="Callable[..., object]")


def desk_options(function: Function) -> Function:
    """Add --training, --data-dir and --gateway-url to a command."""
    for option in (
        click.option(
            "--gateway-url",
            metavar="URL",
            help="https://api.razorpay.com or an address on this PC.",
        ),
        click.option(
            "--data-dir",
            type=click.Path(file_okay=False, path_type=Path),
            metavar="DIR",
            help="The data folder.",
        ),
        click.option(
            "--training",
            is_flag=True,
            help="Practice mode: separate data, sample students, no real money.",
        ),
    ):
        function = option(function)
    return function


def reason_option(kind: ReasonKind, default: str | None = None) -> Callable[[Function], Function]:
    """Return the option for the reason of a decision; its help names the centre's list.

    Args:
        kind: the decision.
        default: the reason without the option; None where the command needs it.
    """
    words = (
        f"Why, in 3 to 200 characters, e.g. “{SHIPPED[kind][0]}”. Your list: `pravesh settings get "
        f"{setting_of(kind)}`."
    )
    if default is None:
        return click.option("--reason", required=True, metavar="TEXT", help=words)
    return click.option("--reason", default=default, metavar="TEXT", help=words)


def merged(ctx: click.Context, given: Mapping[str, object]) -> Options:
    """Merge the options before and after the command's name; the latter win."""
    from desktop_app.bootstrap import Options  # after the arguments are parsed

    before: dict[str, object] = dict(ctx.find_root().obj or {})
    said = {name: given.get(name) or before.get(name) for name in ("data_dir", "gateway_url")}
    folder, url = said["data_dir"], said["gateway_url"]
    if isinstance(folder, Path):
        from desktop_app.services.output_paths import check_folder

        check_folder(folder)
    return Options(
        training=bool(given.get("training") or before.get("training")),
        data_dir=folder if isinstance(folder, Path) else None,
        gateway_url=str(url) if url else None,
    )


def opened(ctx: click.Context, given: Mapping[str, object]) -> OpenDesk:
    """Open the desk selected by the options; close it when the command ends.

    Warns of a schema that something else altered: its triggers change what the command writes.
    """
    from desktop_app.bootstrap import open_desk

    desk = open_desk(merged(ctx, given))
    work, before = work_of(ctx), desk.store.changes.commits

    def close() -> None:
        work.has_written = desk.store.changes.commits > before
        log_unexpected(sys.exc_info()[1])
        desk.close()

    ctx.call_on_close(close)
    altered = desk.store.reader.audit.altered_schema()
    if altered is not None:
        complain(f"Someone altered the database ({altered}). Tell the owner before you collect.")
    return desk


def log_unexpected(error: BaseException | None) -> None:
    """Log an unexpected error while the log is still open; the terminal shows no traceback."""
    cli_errors = (click.ClickException, click.exceptions.Exit, click.Abort)
    expected = (*cli_errors, DomainError, ServiceError, GatewayError)
    if isinstance(error, Exception) and not isinstance(error, expected):
        log.error("a command failed", exc_info=error)
