"""The identity of a book: its id, the installation it belongs to, and other desks beside it."""
