"""The command `pravesh`: finds a command's module, runs it, maps errors to exit codes."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import click

from desktop_app import __version__
from desktop_app.cli.exits import Exit, explain
from desktop_app.cli.options import desk_options, merged
from desktop_app.config.paths import ensure_home

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "collect": "collect",
    "ledger": "ledger",
    "reconcile": "reconcile",
    "sandbox": "sandbox",
    "settings": "settings",
    "keys": "keys",
    "doctor": "doctor",
    "backup": "backup",
    "restore": "restore",
    "import": "imports",
    "export": "exports",
    "refund": "refund",
    "inbox": "inbox",
    "find": "find",
    "audit": "audit",
    "errands": "errands",
    "disputes": "disputes",
    "receipt-key": "receipt_key",
    "verify-receipt": "verify_receipt",
}
"""Command → module of this package, imported on demand."""


class LazyGroup(click.Group):
    """A click group that imports its commands on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of all commands, in the order of the manual."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return a command."""
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
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
    """The fee desk of a coaching centre. Without a command it opens the window."""
    ctx.obj = options
    if ctx.invoked_subcommand is None:
        from desktop_app.cli.desk import open_window

        ctx.exit(open_window(merged(ctx, {})))


def run(argv: Sequence[str]) -> int:
    """Run a command line; turn every failure into a message on stderr and an exit code."""
    ensure_home()
    try:
        code = pravesh.main(list(argv), prog_name="pravesh", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return Exit.UNKNOWN
    except BrokenPipeError:
        return Exit.UNKNOWN
    except Exception as error:  # noqa: BLE001 - the outermost frame of the program
        code, words = explain(error)
        click.echo(words, err=True)
    return int(code or 0)
