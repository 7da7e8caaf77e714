"""Pravesh: the fee desk of a coaching centre."""

__version__ = "0.1.0"
