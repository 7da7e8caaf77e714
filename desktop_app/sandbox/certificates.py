"""The sandbox's certificate authority, and the certificate that it shows.

A program that trusts the authority takes the sandbox for Razorpay, so it vouches for Razorpay's two
hosts and this machine only, and its key is readable by its owner alone. Imported on demand: only
`--tls` needs `cryptography`.
"""

from __future__ import annotations

import os
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .own_addresses import RAZORPAY_HOSTS

AUTHORITY_DAYS = 730
SERVER_DAYS = 60
NAME = "Pravesh sandbox"
CERTIFICATE, KEY = "pravesh-sandbox-ca.pem", "pravesh-sandbox-ca.key"
HOSTS = (*RAZORPAY_HOSTS, "localhost")
ADDRESSES = ("127.0.0.1", "::1")


def authority(folder: Path) -> Path:
    """Return the authority's certificate, made if it is missing or about to end.

    Raises:
        OSError: The folder cannot be written.
    """
    certificate = folder / CERTIFICATE
    if not (folder / KEY).exists() or _is_ending(certificate):
        _make_authority(folder)
    return certificate


def server_context(folder: Path) -> ssl.SSLContext:
    """Return the TLS settings of a server with a certificate of the authority."""
    authority(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    with tempfile.TemporaryDirectory() as place:
        pair = Path(place, "server.pem")
        _write_secret(pair, _server_pair(folder))
        context.load_cert_chain(pair)
    return context


def _is_ending(certificate: Path) -> bool:
    try:
        known = x509.load_pem_x509_certificate(certificate.read_bytes())
    except (OSError, ValueError):
        return True
    return known.not_valid_after_utc < datetime.now(UTC) + timedelta(days=SERVER_DAYS)


def _make_authority(folder: Path) -> None:
    key = _new_key()
    name = _name(f"{NAME} {datetime.now(UTC):%Y-%m-%d}")
    permitted = [*map(x509.DNSName, HOSTS), *map(x509.IPAddress, map(ip_network, ADDRESSES))]
    builder = (
        _builder(name, name, key, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write_secret(folder / KEY, _pem_of_key(key))
    (folder / CERTIFICATE).write_bytes(_signed(builder, key))


def _server_pair(folder: Path) -> bytes:
    key = _new_key()
    chain = (folder / CERTIFICATE).read_bytes()
    issuer = x509.load_pem_x509_certificate(chain)
    loaded = serialization.load_pem_private_key((folder / KEY).read_bytes(), None)
    issuer_key = cast("ec.EllipticCurvePrivateKey", loaded)
    names = [*map(x509.DNSName, HOSTS), *map(x509.IPAddress, map(ip_address, ADDRESSES))]
    builder = (
        _builder(_name(RAZORPAY_HOSTS[0]), issuer.subject, key, SERVER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    return _pem_of_key(key) + _signed(builder, issuer_key) + chain


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    parts = ((NameOID.ORGANIZATION_NAME, NAME), (NameOID.COMMON_NAME, text))
    return x509.Name([x509.NameAttribute(*part) for part in parts])


def _new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _pem_of_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(pem, pkcs8, serialization.NoEncryption())


def _signed(builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> bytes:
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _write_secret(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
