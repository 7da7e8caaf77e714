"""The proof that a browser brings back from Razorpay's checkout, and who may have made it.

A proof says that a payment may be there; only an authenticated fetch shows that it is.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

PAYMENT_ID = re.compile(r"pay_[0-9A-Za-z]{1,40}")
SIGNATURE = re.compile(r"[0-9a-f]{64}")

MOST_FALSE = 5
"""The most false proofs of one attempt that are kept: more of them prove nothing new."""
_GENUINE, _FALSE = "proof of", "not genuine:"
_UNFIT = re.compile(r"[^0-9A-Za-z_]")
_LONGEST = 64


class ProofState(Enum):
    """The value of a proof."""

    GENUINE = "genuine"
    """Razorpay signed it. A fetch shows whether there is money."""
    FALSE = "false"
    """Nobody who knows the key signed it for this order."""
    UNKNOWN = "unknown"
    """It cannot be checked: the order was made with another key."""


class Proofs(NamedTuple):
    """The proofs that an attempt got.

    Attributes:
        genuine: the payments that genuine ones named.
        false: how many were not genuine, as far as they are kept.
    """

    genuine: frozenset[str] = frozenset()
    false: int = 0


NO_PROOFS = Proofs()


def note_of_proof(payment_id: str, signature: str, *, is_genuine: bool) -> str:
    """Return the note by which an attempt keeps a proof; of a false one all that can be kept."""
    if is_genuine:
        return f"{_GENUINE} {payment_id}"
    payment_id, signature = (_UNFIT.sub("?", each)[:_LONGEST] for each in (payment_id, signature))
    return f"{_FALSE} {payment_id} {signature}"


def proofs_in(notes: Iterable[str]) -> Proofs:
    """Return the proofs that notes of an attempt keep."""
    genuine, false = set(), 0
    for note in notes:
        if note.startswith(_GENUINE):
            genuine.add(note.removeprefix(_GENUINE).strip())
        false += note.startswith(_FALSE)
    return Proofs(frozenset(genuine), false)


def signature_of(order_id: str, payment_id: str, secret: str) -> str:
    """Return the signature of a payment on an order, in lower-case hexadecimal digits."""
    message = f"{order_id}|{payment_id}".encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def is_genuine(order_id: str, payment_id: str, signature: str, secret: str) -> bool:
    """Return whether the holder of the secret signed this payment on this order.

    Args:
        order_id: as we stored it, never as the browser names it.
        payment_id: as the browser names it.
        signature: as the browser brings it; compared in constant time.
        secret: of the key with which the order was made.
    """
    if not (secret and PAYMENT_ID.fullmatch(payment_id) and SIGNATURE.fullmatch(signature)):
        return False
    right = signature_of(order_id, payment_id, secret)
    return hmac.compare_digest(right.encode(), signature.encode())
