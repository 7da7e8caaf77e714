"""Rows 7-9: a server with a bad certificate, and whether the keys are ever sent to it.

Certificates are made at run time by the `openssl` program, signed by an authority that the client
is made to trust, so that each is wrong in exactly one way. The control is a right certificate: the
keys must arrive there, or the trap sees nothing.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import certifi

from desktop_app.services.errors import GatewayError
from tests.proofs.fault_flows import CallSite, FaultFlow
from tests.proofs.fault_scenario import FaultScenario
from tests.proofs.fault_verdict import Verdict
from tests.proofs.proof_desk import UPI_CHANNELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop_app.domain.payment import Method
    from tests.proofs.fault_scenario import SandboxEnvironment

BAD = {7: "self-signed", 8: "wrong-host", 9: "expired"}
RIGHT = "right"
_ANSWER = (
    b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 45\r\n'
    b'Connection: close\r\n\r\n{"entity":"collection","count":0,"items":[] }'
)  # fmt: skip


def has_openssl() -> bool:
    """Return whether certificates can be made on this machine."""
    return shutil.which("openssl") is not None


@dataclass
class TlsFindings:
    """Requests that the trap received, and the verdict on the desk.

    Attributes:
        leaked: requests that carried an Authorization header.
        cells: flows and calls that were made.
    """

    leaked: int = 0
    cells: int = 0
    verdict: Verdict = field(default_factory=Verdict)


@contextlib.contextmanager
def certificate_authority() -> Iterator[Path]:
    """Make an authority and certificates, and let the client trust that authority alone."""
    with tempfile.TemporaryDirectory(prefix="pravesh-tls-") as name:
        folder = Path(name)
        _make_all(folder)
        bundle = str(folder / "ca.crt")
        with patch.object(certifi, "where", lambda: bundle):
            yield folder


def _run(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def _make_all(folder: Path) -> None:
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    new = ("req", "-x509", *curve, "-days", "30")
    loopback = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    # Python 3.13 verifies strictly: an authority says what its key is for, a certificate by which.
    signs = ("-addext", "keyUsage=critical,keyCertSign,cRLSign")
    _run(folder, *new, *signs, "-subj", "/CN=Proofs", "-keyout", "ca.key", "-out", "ca.crt")
    _run(
        folder, *new, "-subj", "/CN=localhost", "-addext", loopback,
        "-keyout", "self-signed.key", "-out", "self-signed.crt",
    )  # fmt: skip
    (folder / "index.txt").touch()
    (folder / "serial").write_text("01\n")
    (folder / "new").mkdir()
    (folder / "ca.cnf").write_text(
        "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=new\n"
        "default_md=sha256\npolicy=p\ncopy_extensions=copy\nunique_subject=no\n"
        "x509_extensions=x\n[p]\ncommonName=supplied\n"
        "[x]\nauthorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash\n"
    )
    past = ("-startdate", "20200101000000Z", "-enddate", "20210101000000Z")
    elsewhere = "subjectAltName=DNS:elsewhere.example"
    for kind, names, when in (
        (RIGHT, loopback, ("-days", "30")),
        ("wrong-host", elsewhere, ("-days", "30")),
        ("expired", loopback, past),
    ):
        _run(
            folder, "req", *curve, "-subj", f"/CN={kind}",
            "-addext", names, "-keyout", f"{kind}.key", "-out", f"{kind}.csr",
        )  # fmt: skip
        _run(
            folder, "ca", "-batch", "-config", "ca.cnf", "-cert", "ca.crt", "-keyfile", "ca.key",
            "-in", f"{kind}.csr", "-out", f"{kind}.crt", "-notext", *when,
        )  # fmt: skip


class TlsTrap:
    """A TLS server with one of the certificates, which records what it receives."""

    def __init__(self, folder: Path, kind: str) -> None:
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(folder / f"{kind}.crt", folder / f"{kind}.key")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://localhost:{self._listener.getsockname()[1]}"
        self.heard: list[bytes] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> TlsTrap:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(3)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            client.settimeout(3)
            with contextlib.suppress(OSError), client:
                with self._tls.wrap_socket(client, server_side=True) as safe:
                    self.heard.append(safe.recv(65_536))
                    safe.sendall(_ANSWER)

    @property
    def leaked(self) -> int:
        """Return how many requests carried the keys."""
        return sum(b"authorization:" in each.lower() for each in self.heard)


def play(
    env: SandboxEnvironment, folder: Path, row: int, channels: tuple[Method, ...] = UPI_CHANNELS
) -> TlsFindings:
    """Collect on each channel from a server with a bad certificate, then from the real one."""
    found = TlsFindings()
    with TlsTrap(folder, BAD[row]) as trap:
        for channel in channels:
            with FaultScenario(env, url=trap.url) as scenario:
                site = CallSite("TLS", "*", "/", channel)
                FaultFlow(scenario, site).run()
                if set(scenario.raised) != {"UnavailableError"}:
                    scenario.verdict.record("wrong_class", f"{set(scenario.raised)}")
                scenario.restart()
                FaultFlow(scenario, site).finish()
                found.verdict.add(scenario.verdict, f"{BAD[row]}, {channel.value}")
                found.cells += 1
        found.leaked = trap.leaked
    return found


def control(env: SandboxEnvironment, folder: Path) -> int:
    """Count the keys that arrive with a right certificate: the trap sees what is sent."""
    with TlsTrap(folder, RIGHT) as trap:
        with FaultScenario(env, url=trap.url) as scenario, contextlib.suppress(GatewayError):
            scenario.opened.context.gateway().ping()
        return trap.leaked
