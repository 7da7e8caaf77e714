"""The rules of the desk: money, students, fees, payments. Standard library only, no I/O."""
