"""TLS for clients with a fixed host: the authority, the proxy, and the hosts that count as own."""

from __future__ import annotations

import ssl
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPSConnection
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import pytest
from click.testing import CliRunner
from cryptography import x509

from desktop_app.cli.sandbox import command
from desktop_app.sandbox import certificates
from desktop_app.sandbox.own_addresses import OwnAddresses
from desktop_app.sandbox.server import SandboxServer

from .page_client import FORM
from .sandbox_client import SandboxClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("authority") / "new"


@pytest.fixture(scope="module")
def secure(folder: Path) -> Iterator[SandboxServer]:
    with SandboxServer(tls_folder=folder) as server:
        yield server


@pytest.fixture(scope="module")
def trust(secure: SandboxServer) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=secure.tls_address["ca"])


def port_of(server: SandboxServer) -> int:
    return urlsplit(server.url).port or 0


def ask(
    server: SandboxServer, trust: ssl.SSLContext, path: str, host: str | None = None
) -> tuple[int, bytes]:
    """Get a path over TLS; with a host, as its name, through the proxy."""
    link = HTTPSConnection("127.0.0.1", port_of(server), context=trust, timeout=10)
    if host is not None:
        link.set_tunnel(host, 443)
    try:
        link.request("GET", path, headers=SandboxClient(server).auth)
        answer = link.getresponse()
        return answer.status, answer.read()
    finally:
        link.close()


def test_one_port_speaks_both(secure: SandboxServer, trust: ssl.SSLContext) -> None:
    assert ask(secure, trust, "/v1/orders")[0] == 200
    assert SandboxClient(secure).ok("GET", "/v1/orders")["count"] == 0
    assert secure.tls_address["tls_url"] == secure.url.replace("http:", "https:")


@pytest.mark.parametrize("host", ["api.razorpay.com", "checkout.razorpay.com"])
def test_the_proxy_leads_to_the_sandbox_as_razorpay(
    secure: SandboxServer, trust: ssl.SSLContext, host: str
) -> None:
    assert ask(secure, trust, "/v1/orders", host)[0] == 200


@pytest.mark.parametrize(
    ("host", "why"), [("example.com", "400"), ("127.0.0.1", "400"), ("auth.razorpay.com", "400")]
)
def test_the_proxy_leads_nowhere_else(
    secure: SandboxServer, trust: ssl.SSLContext, host: str, why: str
) -> None:
    with pytest.raises(OSError, match=why):
        ask(secure, trust, "/v1/orders", host)


def test_without_tls_there_is_no_proxy_and_no_authority(
    server: SandboxServer, trust: ssl.SSLContext
) -> None:
    with pytest.raises(OSError, match="400"):
        ask(server, trust, "/v1/orders", "api.razorpay.com")
    assert server.tls_address == {}


def test_a_client_that_does_not_trust_the_authority_sends_nothing(secure: SandboxServer) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        ask(secure, ssl.create_default_context(), "/v1/orders", "api.razorpay.com")


def as_host(server: SandboxServer, host: str, origin: str, path: str, body: str) -> int:
    link = HTTPConnection("127.0.0.1", port_of(server), timeout=10)
    headers = {"Host": host, "Origin": origin, "Content-Type": FORM}
    link.request("POST", path, body, headers)
    status = link.getresponse().status
    link.close()
    return status


def test_checkout_opens_as_razorpays_own_but_control_does_not(secure: SandboxServer) -> None:
    host, shop = "checkout.razorpay.com", "https://shop.example"
    options = urlencode({"options": f'{{"key": "{secure.key_id}", "amount": 500}}'})
    assert as_host(secure, host, shop, "/v1/checkout/public", options) == 303
    assert as_host(secure, "evil.example", shop, "/v1/checkout/public", options) == 403
    assert as_host(secure, host, f"https://{host}", "/_sandbox/reset", "{}") == 403
    local = urlsplit(secure.url).netloc
    assert as_host(secure, local, f"https://{local}", "/_sandbox/clock", "advance_s=0") == 200


OWN = OwnAddresses(8055, tls=True)


def test_own_hosts_and_origins() -> None:
    hosts = ["127.0.0.1:8055", "localhost:8055", "api.razorpay.com", "checkout.razorpay.com:8055"]
    assert all(map(OWN.is_host, hosts))
    assert [OWN.is_host(host, local=True) for host in hosts] == [True, True, False, False]
    assert not any(map(OWN.is_host, ["127.0.0.1", "razorpay.com", "x.api.razorpay.com", "", None]))
    assert all(map(OWN.is_origin, [None, "https://api.razorpay.com", "http://localhost:8055"]))
    assert not any(map(OWN.is_origin, ["http://api.razorpay.com", "null", "https://localhost"]))
    assert not OWN.is_origin("https://api.razorpay.com", local=True)
    plain = OwnAddresses(8055, tls=False)
    assert not plain.is_host("api.razorpay.com")
    assert not plain.is_origin("https://localhost:8055")
    assert OwnAddresses(443, tls=True).is_origin("https://localhost")


def test_stopping_ends_connections_of_both_kinds(folder: Path) -> None:
    before = set(threading.enumerate())
    with SandboxServer(tls_folder=folder) as server:
        trust = ssl.create_default_context(cafile=server.tls_address["ca"])
        links = [
            HTTPConnection("127.0.0.1", port_of(server), timeout=10),  # says nothing
            HTTPSConnection("127.0.0.1", port_of(server), context=trust, timeout=10),
        ]
        for link in links:
            link.connect()
    for link in links:
        link.close()
    assert set(threading.enumerate()) <= before


# The authority


def test_the_authority_is_kept_and_its_key_is_private(folder: Path, secure: SandboxServer) -> None:
    before = (folder / certificates.CERTIFICATE).read_bytes()
    assert certificates.authority(folder).read_bytes() == before
    assert (folder / certificates.KEY).stat().st_mode & 0o777 == 0o600 or sys.platform == "win32"
    made = x509.load_pem_x509_certificate(before)
    names = made.extensions.get_extension_for_class(x509.NameConstraints)
    assert names.critical
    assert {str(name.value) for name in names.value.permitted_subtrees or ()} == {
        "api.razorpay.com",
        "checkout.razorpay.com",
        "localhost",
        "127.0.0.1/32",
        "::1/128",
    }


def test_an_authority_that_is_about_to_end_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "AUTHORITY_DAYS", 30)
    first = certificates.authority(tmp_path).read_bytes()
    monkeypatch.setattr(certificates, "AUTHORITY_DAYS", 100)
    second = certificates.authority(tmp_path).read_bytes()
    assert second != first
    assert certificates.authority(tmp_path).read_bytes() == second
    ends = x509.load_pem_x509_certificate(second).not_valid_after_utc
    assert ends > datetime.now(UTC) + timedelta(days=99)


def test_the_command_prints_the_file_to_trust(tmp_path: Path) -> None:
    shown = CliRunner().invoke(command, ["ca", "--ca-folder", str(tmp_path)])
    assert shown.output.strip() == str(tmp_path / certificates.CERTIFICATE)
    assert (tmp_path / certificates.CERTIFICATE).is_file()


def test_without_the_package_the_command_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "desktop_app.sandbox.certificates", None)
    for words in (["ca"], ["--tls"]):
        shown = CliRunner().invoke(command, [*words[:1], "--ca-folder", str(tmp_path)])
        assert (shown.exit_code, "pip install cryptography" in shown.output) == (2, True)


def test_nothing_imports_the_package_before_tls_is_asked_for() -> None:
    script = (
        "import sys, desktop_app.cli.sandbox, desktop_app.sandbox.server as s\n"
        "s.SandboxServer().__enter__().stop()\n"
        "assert 'cryptography' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=50)
