"""`pravesh sandbox`: a faithful local Razorpay on 127.0.0.1, and its certificate authority."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from desktop_app.cli.options import merged
from desktop_app.config.paths import data_folder, sandbox_folder
from desktop_app.sandbox.command_line import (
    CA_FOLDER,
    authority_file,
    run_sandbox,
    sandbox_options,
)
from desktop_app.services.output_paths import check_output

if TYPE_CHECKING:
    from pathlib import Path


@click.group("sandbox", invoke_without_command=True)
@sandbox_options
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Run the sandbox until you stop it."""
    if ctx.invoked_subcommand is not None:
        return
    desk = merged(ctx, {})
    folder = data_folder(desk.data_dir, training=desk.training)
    for path in filter(None, (options["state_file"], options["log_file"])):
        check_output(path.absolute(), folder)
    run_sandbox(sandbox_folder(), options)


@command.command("ca")
@CA_FOLDER
def ca(*, ca_folder: Path | None) -> None:
    """Print the path of the CA certificate that --tls clients must trust."""
    click.echo(authority_file(ca_folder or sandbox_folder()))
