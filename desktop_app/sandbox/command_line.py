"""The sandbox's command: its options, and `razorpay-sandbox` of the small distribution.

`pravesh sandbox` has the same options. Must import nothing heavy before it serves.
"""

from __future__ import annotations

import errno
import ipaddress
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .clock import read_instant
from .webhook_targets import private_address

if TYPE_CHECKING:
    from collections.abc import Callable

Function = TypeVar("Function", bound="Callable[..., object]")
NO_ADDRESS = (errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES)
FILE = click.Path(dir_okay=False, path_type=Path)

CA_FOLDER = click.option(
    "--ca-folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="The certificate authority's folder.",
)
OPTIONS = (
    click.option(
        "--port", type=click.IntRange(0, 65535), default=0, help="Port (0: any free one)."
    ),
    click.option("--key-id", metavar="ID", help="A test key id, rzp_test_… (default: a new one)."),
    click.option("--key-secret", metavar="SECRET"),
    click.option("--seed", type=int, help="Get the same ids and keys for the same calls."),
    click.option(
        "--now",
        metavar="TIME",
        help="Stop the clock at this time, such as 2026-04-01T10:00 (India).",
    ),
    click.option("--state-file", type=FILE, metavar="FILE"),
    click.option("--log-file", type=FILE, metavar="FILE"),
    click.option(
        "--webhook-host",
        "webhook_hosts",
        multiple=True,
        metavar="ADDRESS",
        help="Also send webhooks to this private address.",
    ),
    click.option(
        "--listen",
        metavar="ADDRESS",
        default="127.0.0.1",
        help="Listen on this address. In a container, use 0.0.0.0.",
    ),
    click.option(
        "--host-name",
        "host_names",
        multiple=True,
        metavar="NAME",
        help="Also answer control calls for this name, such as the container's.",
    ),
    click.option("--tls", is_flag=True, help="Also speak TLS, as api.razorpay.com."),
    CA_FOLDER,
)


def sandbox_options(function: Function) -> Function:
    """Add the sandbox's options to a command."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function


def run_sandbox(ca_folder: Path, options: dict[str, Any]) -> None:
    """Serve until the process is stopped.

    Args:
        ca_folder: The certificate authority's folder where no option names one.
        options: The values of `sandbox_options`.

    Raises:
        click.UsageError: The options don't go together, or the address can't be used.
    """
    given = dict(options)
    folder, tls = given.pop("ca_folder") or ca_folder, given.pop("tls")
    if tls:
        need_certificates()
    if (given["key_id"] is None) != (given["key_secret"] is None):
        raise click.UsageError("Use --key-id and --key-secret together.")
    given["webhook_hosts"] = frozenset(map(_private, given["webhook_hosts"]))
    given["listen"] = _address(given["listen"])
    given["now"] = None if given["now"] is None else _instant(given["now"])
    from .server import SandboxServer, serve  # imports Flask

    server = SandboxServer(
        log_to_stderr=given["log_file"] is None,
        tls_folder=folder.absolute() if tls else None,
        **given,
    )
    try:
        serve(server)
    except OSError as problem:
        if problem.filename is not None or problem.errno not in NO_ADDRESS:
            raise
        words = f"The sandbox can't listen at {given['listen']}, port {given['port']}"
        raise click.UsageError(f"{words}: {problem.strerror}.") from problem


def need_certificates() -> None:
    """Check that certificates can be made here.

    Raises:
        click.UsageError: A package is missing.
    """
    try:
        from .certificates import authority  # noqa: F401
    except ImportError as problem:
        words = "TLS needs one more package. Run: pip install cryptography"
        raise click.UsageError(words) from problem


def authority_file(folder: Path) -> Path:
    """Return the certificate of a folder's authority, made if necessary."""
    need_certificates()
    from .certificates import authority

    return authority(folder.absolute())


def _private(address: str) -> str:
    try:
        return private_address(address)
    except ValueError as problem:
        raise click.UsageError(str(problem)) from problem


def _instant(text: str) -> int:
    try:
        return read_instant(text)
    except ValueError as problem:
        words = f"--now needs a time such as 2026-04-01T10:00+05:30, not {text}."
        raise click.UsageError(words) from problem


def _address(text: str) -> str:
    try:
        return str(ipaddress.IPv4Address(text))
    except ValueError as problem:
        raise click.UsageError(f"--listen needs an IPv4 address, not {text}.") from problem


@click.group("razorpay-sandbox", invoke_without_command=True)
@sandbox_options
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Run a simulated Razorpay on this PC until you stop it."""
    if ctx.invoked_subcommand is None:
        run_sandbox(_own_folder(), options)


@command.command("ca")
@CA_FOLDER
def ca(*, ca_folder: Path | None) -> None:
    """Print the path of the CA certificate that --tls clients must trust."""
    click.echo(authority_file(ca_folder or _own_folder()))


def _own_folder() -> Path:
    return Path.home() / ".razorpay-sandbox"


def main() -> None:
    """Run `razorpay-sandbox`."""
    try:
        command(prog_name="razorpay-sandbox")
    except (OSError, ValueError) as problem:
        click.echo(f"The sandbox couldn't start. {problem}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
