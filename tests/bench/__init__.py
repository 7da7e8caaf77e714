"""How fast and how big the desk is, each figure against a control in the same run.

Not part of pytest: `python -m tests.bench [NAME …]`.
"""
