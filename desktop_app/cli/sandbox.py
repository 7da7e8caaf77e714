"""`pravesh sandbox`: a faithful local Razorpay on 127.0.0.1."""

from __future__ import annotations

from pathlib import Path

import click

from desktop_app.cli.options import merged
from desktop_app.config.paths import data_folder
from desktop_app.services.output_paths import check_output


@click.command("sandbox")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port (0: any free one).")
@click.option("--key-id", metavar="ID", help="A test key id, rzp_test_… (default: a new one).")
@click.option("--key-secret", metavar="SECRET")
@click.option("--seed", type=int, help="Get the same ids for the same calls.")
@click.option("--state-file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--log-file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@click.option(
    "--webhook-host",
    "webhook_hosts",
    multiple=True,
    metavar="ADDRESS",
    help="Also send webhooks to this private address.",
)
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    port: int,
    key_id: str | None,
    key_secret: str | None,
    seed: int | None,
    state_file: Path | None,
    log_file: Path | None,
    webhook_hosts: tuple[str, ...],
) -> None:
    """Run the sandbox until you stop it."""
    from desktop_app.sandbox.server import SandboxServer, serve  # imports Flask

    if (key_id is None) != (key_secret is None):
        raise click.UsageError("Use --key-id and --key-secret together.")
    options = merged(ctx, {})
    folder = data_folder(options.data_dir, training=options.training)
    for path in filter(None, (state_file, log_file)):
        check_output(path.absolute(), folder)
    serve(
        SandboxServer(
            port=port,
            key_id=key_id,
            key_secret=key_secret,
            seed=seed,
            state_file=state_file,
            log_file=log_file,
            log_to_stderr=log_file is None,
            webhook_hosts=_private(webhook_hosts),
        )
    )


def _private(addresses: tuple[str, ...]) -> frozenset[str]:
    from desktop_app.sandbox.webhook_targets import private_address

    try:
        return frozenset(map(private_address, addresses))
    except ValueError as problem:
        raise click.UsageError(str(problem)) from problem
