"""Rows by name: the names of a statement's columns are read once, while they stay as many."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from desktop_app.storage.repository import run

ALL = "SELECT a.*, 'last' AS extra FROM a"


def test_a_statement_names_its_columns_again_where_there_are_more() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE a (one, two)")
        connection.execute("INSERT INTO a VALUES (1, 2)")
        for _ in range(2):
            assert run(connection, ALL, {}).fetchone()._asdict() == {
                "one": 1,
                "two": 2,
                "extra": "last",
            }
        connection.execute("ALTER TABLE a ADD COLUMN three DEFAULT 3")
        assert run(connection, ALL, {}).fetchone()._asdict() == {
            "one": 1,
            "two": 2,
            "three": 3,
            "extra": "last",
        }
