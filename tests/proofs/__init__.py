"""Proofs that nothing is lost or doubled: run with `python -m tests.proofs [NAME] [--long]`."""
