"""Dialogs, all opened with `open()`: nothing here runs an event loop of its own."""
