"""Fees beyond one due: bills, concessions, promises."""
