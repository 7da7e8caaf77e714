"""Which keyrings count as safe, and that what is stored there can be read back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import keyring
import pytest
from keyring.backends import SecretService, Windows, chainer, fail, kwallet, libsecret, macOS, null

from desktop_app.config.receipt_keys import ReceiptKeyring
from desktop_app.config.secrets import Vault, probe_keyring
from desktop_app.services.errors import NoKeyringError
from desktop_app.services.views.maintenance import Health
from tests.dict_keyring import DictKeyring

if TYPE_CHECKING:
    from pathlib import Path

PROTECTING = (
    SecretService.Keyring, Windows.WinVaultKeyring, kwallet.DBusKeyring, libsecret.Keyring,
    macOS.Keyring,
)  # fmt: skip
PlainText = type(
    "PlaintextKeyring", (DictKeyring,), {"__module__": "keyrings.alt.file", "priority": 0.5}
)


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Return a holder whose `backend` is this test's keyring."""
    held = SimpleNamespace(backend=DictKeyring())
    monkeypatch.setattr(keyring, "get_keyring", lambda: held.backend)
    for name in ("get_password", "set_password", "delete_password"):
        monkeypatch.setattr(
            keyring, name, lambda *given, _name=name: getattr(held.backend, _name)(*given)
        )
    return held


def chain_of(*parts: object) -> object:
    made = type("ChainerBackend", (chainer.ChainerBackend,), {"backends": list(parts)})
    made.__module__ = chainer.ChainerBackend.__module__
    return object.__new__(made)


def bare(kind: type) -> object:
    return object.__new__(kind)  # without the system's service


@pytest.mark.parametrize("kind", PROTECTING)
def test_the_systems_own_keyrings_are_safe(use: SimpleNamespace, kind: type) -> None:
    use.backend = bare(kind)
    assert probe_keyring().health is Health.GOOD
    use.backend = chain_of(bare(kind), bare(libsecret.Keyring))
    assert probe_keyring().health is Health.GOOD


def test_plain_text_and_nothing_are_not_safe(use: SimpleNamespace) -> None:
    for backend in (PlainText(), bare(null.Keyring), chain_of(PlainText())):
        use.backend = backend
        found = probe_keyring()
        assert found.health is Health.BAD
        assert "doesn't protect" in found.finding
    assert "keyrings.alt.file" in _named(use, PlainText())


def _named(use: SimpleNamespace, backend: object) -> str:
    use.backend = backend
    return probe_keyring().finding


@pytest.mark.parametrize("backend", [DictKeyring(), chain_of(bare(macOS.Keyring), DictKeyring())])
def test_an_unknown_keyring_is_not_called_safe(use: SimpleNamespace, backend: object) -> None:
    use.backend = backend
    assert probe_keyring().health is Health.NOTE


@pytest.mark.parametrize("backend", [bare(fail.Keyring), chain_of()])
def test_no_keyring_is_named(use: SimpleNamespace, backend: object) -> None:
    use.backend = backend
    assert probe_keyring().health is not Health.GOOD


def test_keys_are_read_back_when_they_are_stored(use: SimpleNamespace, tmp_path: Path) -> None:
    vault = Vault(tmp_path, is_loopback=False)
    vault.save("rzp_test_0123456789abcd", "secret")
    assert Vault(tmp_path, is_loopback=False).load() == ("rzp_test_0123456789abcd", "secret")

    class Forgetful(DictKeyring):
        def set_password(self, service: str, username: str, password: str) -> None:
            pass

    for backend in (Forgetful(), bare(null.Keyring), PlainText()):
        use.backend = backend
        other = Vault(tmp_path / "other", is_loopback=False)
        with pytest.raises(NoKeyringError):
            other.save("rzp_test_0123456789abcd", "secret")
        assert other.load() is None
    assert use.backend.kept == {}, "plain text was never given a secret"


def test_a_receipt_key_is_never_plain_text(use: SimpleNamespace, tmp_path: Path) -> None:
    from desktop_app.domain.check_code import TRAINING_KEY

    use.backend = PlainText()
    with pytest.raises(NoKeyringError):
        ReceiptKeyring(tmp_path, training=False).add(TRAINING_KEY)
    assert use.backend.kept == {}
