"""Small widgets that all pages share. They know no services and render no markup."""
