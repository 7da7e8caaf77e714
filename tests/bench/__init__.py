"""Speed and size of the desk, each figure against a control in the same run.

Not part of pytest: `python -m tests.bench [NAME …]`.
"""
