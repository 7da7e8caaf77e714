"""Tests of Pravesh."""
