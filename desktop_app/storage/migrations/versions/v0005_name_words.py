"""The words of all names, by which a search finds other spellings and the other script.

Names have few words, however many students there are, so that the full-text tables stay as they
are and no row of a student is written: seals hold.

Revision ID: 0005
Revises: 0004
"""

import sqlite3

from alembic import op

from desktop_app.domain.name_folding import folded, sound, spelling, words_of

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLE = (
    """
CREATE TABLE name_words (
    word TEXT NOT NULL,
    spelling TEXT NOT NULL,
    sound TEXT NOT NULL,
    CONSTRAINT pk_name_words PRIMARY KEY (word)
)
 STRICT
    """,
    "CREATE INDEX ix_name_words_spelling ON name_words (spelling, word)",
    "CREATE INDEX ix_name_words_sound ON name_words (sound, word)",
)


def upgrade() -> None:
    for statement in TABLE:
        op.execute(statement)
    connection = op.get_bind().connection.driver_connection
    assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - this file is SQLite's
    texts: set[str] = set()
    for name, guardian_name in connection.execute("SELECT name, guardian_name FROM students"):
        texts.update(name.split())
        texts.update(guardian_name.split())
    words = {folded(word.text) for text in texts for word in words_of(text)}
    connection.executemany(
        "INSERT INTO name_words VALUES (?, ?, ?)",
        ((word, spelling(word), sound(word)) for word in sorted(words)),
    )
