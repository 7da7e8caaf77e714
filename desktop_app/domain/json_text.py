"""JSON as one line of text, for what is hashed or frozen: the same value is the same text."""

from __future__ import annotations

import json
from json.encoder import c_make_encoder, encode_basestring  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

quoted: Callable[[str], str] = encode_basestring
"""Returns text as JSON. Raises TypeError for anything else."""


def json_writer(*, separators: tuple[str, str], sort_keys: bool) -> Callable[[Any], str]:
    """Return a function that does what the encoder of these options does; nothing is escaped.

    An encoder sets itself up again for each value, which takes twice as long as the writing.

    Args:
        separators: between two items, and after a key.
        sort_keys: whether the keys of an object are in order.
    """
    encoder = json.JSONEncoder(ensure_ascii=False, separators=separators, sort_keys=sort_keys)
    if c_make_encoder is None:  # an interpreter without the C accelerator
        return encoder.encode
    skips, allows_nan = False, True
    write = c_make_encoder(
        None, encoder.default, quoted, None, *reversed(separators), sort_keys, skips, allows_nan
    )  # fmt: skip
    return lambda value: "".join(write(value, 0))
