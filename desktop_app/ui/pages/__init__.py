"""The screens of the window, one widget each; they know presenters, never services."""
