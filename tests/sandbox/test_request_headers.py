"""Headers of requests, read as http.server reads them."""

from __future__ import annotations

import io
from http.client import parse_headers

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.sandbox.request_headers import TooManyHeadersError, read_headers

from .sandbox_client import SandboxClient, raw_exchange

END = b"\r\n\r\nrest"


@pytest.mark.parametrize(
    "raw",
    [
        b"Host: a\r\nX-A:  b c \r\nx-a: second",
        b"A: b\nB: c",
        b"A: b\r\n folded\r\n\ttwice\r\nB: c",
        b"A: b\r\nno header\r\nC: d",
        b"A : b\r\nC: d",
        b"A:\r\nB: \xe9\xff",
        b" folded first\r\nA: b",
    ],
)
def test_they_are_those_of_the_standard_library(raw: bytes) -> None:
    expected = parse_headers(io.BytesIO(raw + END))
    found = read_headers(io.BytesIO(raw + END))
    assert found.items() == expected.items()
    for name in ("Host", "x-A", "A", "nothing"):
        assert found.get(name) == expected.get(name, "")


WORDS = st.text("Ab-: \té", max_size=6).map(lambda text: text.encode("latin-1"))


@given(st.lists(WORDS.filter(bool), max_size=5))
def test_any_lines_are_read_alike(lines: list[bytes]) -> None:
    raw = b"\r\n".join(lines) + END
    found = read_headers(io.BytesIO(raw))
    assert found.items() == parse_headers(io.BytesIO(raw)).items()


@pytest.mark.parametrize("raw", [b"A: b\r\n" * 101, b"A: " + b"b" * 70_000])
def test_too_many_are_refused(raw: bytes) -> None:
    with pytest.raises(TooManyHeadersError):
        read_headers(io.BytesIO(raw + END))


@pytest.mark.parametrize(
    "line", [b"GET /v1/orders\xa0x HTTP/1.1", b"GET //v1/orders HTTP/1.0", b"GET\x1c/ HTTP/1.1"]
)
def test_an_odd_line_is_answered(client: SandboxClient, line: bytes) -> None:
    answer = raw_exchange(client, line + b"\r\nHost: a\r\nConnection: close\r\n\r\n", shut=True)
    assert answer.startswith(b"HTTP/1.1 4")
