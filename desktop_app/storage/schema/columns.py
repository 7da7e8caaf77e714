"""Metadata, and the columns that every table uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.schema import SchemaItem


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


PAISE = BigInteger().with_variant(Integer, "sqlite")


NOCASE = Text(collation="NOCASE").with_variant(Text(), "postgresql")


LIVE = "state IN ('intent','unknown','ordered','awaiting')"


def table(name: str, *parts: SchemaItem, indexed: Sequence[str] = ()) -> Table:
    """Define a STRICT table; one index for each column of `indexed`."""
    indexes = [Index(f"ix_{name}_{column}", column) for column in indexed]
    return Table(name, metadata, *parts, *indexes, sqlite_strict=True)


def own_columns() -> tuple[Column[str], Column[str]]:
    """Return the primary key, a UUIDv7 as text, and the column of the desk that wrote the row."""
    return Column("uid", Text, primary_key=True), desk_column()


def desk_column() -> Column[str]:
    """Return the column of the desk that wrote the row."""
    return Column("desk_id", Text, nullable=False)


def text_columns(*names: str, null: bool = False) -> list[Column[str]]:
    """Return text columns."""
    return [Column(name, Text, nullable=null) for name in names]


def default_column(name: str, kind: type[Text | Integer], value: str | int) -> Column[Any]:
    """Return a column that a later schema added; the default is what older rows hold."""
    default = f"'{value}'" if isinstance(value, str) else str(value)
    return Column(name, kind, nullable=False, server_default=text(default))


def paise_columns(*names: str, null: bool = False) -> list[Column[int]]:
    """Return columns of whole paise."""
    return [Column(name, PAISE, nullable=null) for name in names]


def flag_column(name: str) -> Column[int]:
    """Return a 0/1 column."""
    return Column(name, Integer, CheckConstraint(f"{name} IN (0, 1)", name=name), nullable=False)


def reference_column(name: str, target: str, *, null: bool = False) -> Column[str]:
    """Return a foreign key by uid."""
    return Column(name, Text, ForeignKey(target), nullable=null)
