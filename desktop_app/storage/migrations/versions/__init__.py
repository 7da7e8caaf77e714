"""One module per version of the schema; never edited once released."""
