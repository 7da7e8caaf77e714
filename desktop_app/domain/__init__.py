"""Domain rules: money, students, fees, payments. Standard library only, no I/O."""
