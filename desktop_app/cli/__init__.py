"""Command line: one module per command. Qt-free unless a receipt is rendered."""
