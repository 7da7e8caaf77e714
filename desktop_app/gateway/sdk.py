"""The SDK and the HTTP library under it, without what guesses the encoding of texts.

It costs a start 3 MB. Answers are JSON in UTF-8 and read by `strict_json`; where the library has
nothing to guess with, it takes UTF-8 as well.
"""

from __future__ import annotations

import sys
import warnings
from functools import cached_property

_hidden = {"chardet", "charset_normalizer"} - set(sys.modules)
warnings.filterwarnings("ignore", message="Unable to find acceptable character detection")
for _name in _hidden:
    sys.modules[_name] = None  # type: ignore[assignment]  # its import fails; requests allows it
try:
    import razorpay
    import requests
    import requests.adapters
finally:
    for _name in _hidden:
        del sys.modules[_name]

__all__ = ["SdkClient", "razorpay", "requests"]


class SdkClient(razorpay.Client):  # type: ignore[misc]
    """The SDK's client, which reads its version once instead of off the disk at each request."""

    @cached_property
    def _version(self) -> str:
        found: str = super()._get_version()
        return found

    def _get_version(self) -> str:
        return self._version
