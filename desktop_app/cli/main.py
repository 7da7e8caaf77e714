"""The command `pravesh`: finds a command's module, runs it, maps errors to exit codes."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import click

from desktop_app import __version__
from desktop_app.cli.exits import Exit, explain
from desktop_app.cli.options import WORK, Work, desk_options
from desktop_app.cli.streams import standard_streams
from desktop_app.config.paths import ensure_home

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = (
    "collect enrol plan enrolment concede promo dues due statement promise credit bill cheque "
    "ledger reconcile sandbox settings keys doctor backup restore import export refund inbox desk "
    "find audit errands disputes receipt-key verify-receipt"
).split()
_MODULES = {"import": "imports", "export": "exports"}
"""Modules of this package that are not named like their command; all are imported on demand."""


class LazyGroup(click.Group):
    """A click group that imports its commands on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of all commands, in the order of the manual."""
        return COMMANDS

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return a command."""
        if cmd_name not in COMMANDS:
            return None
        module = _MODULES.get(cmd_name, cmd_name.replace("-", "_"))
        found: click.Command = importlib.import_module(f"desktop_app.cli.{module}").command
        return found


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="pravesh")
@desk_options
@click.pass_context
def pravesh(ctx: click.Context, /, **options: object) -> None:
    """Pravesh collects fees for a coaching centre. Without a command it opens the window."""
    ctx.obj = {**options, WORK: ctx.obj}
    if ctx.invoked_subcommand is None:
        from desktop_app.cli.window import open_window

        ctx.exit(open_window(ctx))


def run(argv: Sequence[str]) -> int:
    """Run a command line; turn every failure into a message on stderr and an exit code."""
    work = Work()
    with standard_streams() as (output, _):
        code = _run(argv, work)
        output.flush()
        # What only reads has done nothing if its output is lost.
        is_in_vain = output.is_lost and code == Exit.DONE and work.has_written is False
        return int(Exit.UNKNOWN if is_in_vain else code)


def _run(argv: Sequence[str], work: Work) -> int:
    try:
        ensure_home()
        code = pravesh.main(list(argv), prog_name="pravesh", standalone_mode=False, obj=work)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return Exit.UNKNOWN
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the outermost frame of the program
        code, words = explain(error, has_written=work.has_written)
        click.echo(words, err=True)
    return int(code or 0)
