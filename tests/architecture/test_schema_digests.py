"""The packaged digests of the schema are those of what its migrations make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import schema_digests

if TYPE_CHECKING:
    from pathlib import Path


def test_the_packaged_digests_are_those_of_the_migrations(tmp_path: Path) -> None:
    assert schema_digests.packaged().read_text(encoding="utf-8") == schema_digests.wanted(
        tmp_path
    ), "run `python -m tests.architecture.schema_digests`"
