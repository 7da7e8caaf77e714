"""Forms, editors and inline confirmations shared by dialogs."""
