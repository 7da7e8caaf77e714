"""`pravesh sandbox`: a faithful local Razorpay on 127.0.0.1, and its certificate authority."""

from __future__ import annotations

from pathlib import Path

import click

from desktop_app.cli.options import merged
from desktop_app.config.paths import data_folder, sandbox_folder
from desktop_app.services.output_paths import check_output

CA_FOLDER = click.option(
    "--ca-folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="The certificate authority's folder.",
)


@click.group("sandbox", invoke_without_command=True)
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
@click.option("--tls", is_flag=True, help="Also speak TLS, as api.razorpay.com.")
@CA_FOLDER
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
    tls: bool,
    ca_folder: Path | None,
) -> None:
    """Run the sandbox until you stop it."""
    if ctx.invoked_subcommand is not None:
        return
    if tls:
        _need_certificates()
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
            tls_folder=(ca_folder or sandbox_folder()).absolute() if tls else None,
        )
    )


@command.command("ca")
@CA_FOLDER
def ca(*, ca_folder: Path | None) -> None:
    """Print the path of the CA certificate that --tls clients must trust."""
    _need_certificates()
    from desktop_app.sandbox.certificates import authority

    click.echo(authority((ca_folder or sandbox_folder()).absolute()))


def _need_certificates() -> None:
    try:
        import desktop_app.sandbox.certificates  # noqa: F401
    except ImportError as problem:
        words = "TLS needs one more package. Run: pip install cryptography"
        raise click.UsageError(words) from problem


def _private(addresses: tuple[str, ...]) -> frozenset[str]:
    from desktop_app.sandbox.webhook_targets import private_address

    try:
        return frozenset(map(private_address, addresses))
    except ValueError as problem:
        raise click.UsageError(str(problem)) from problem
