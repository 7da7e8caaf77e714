"""Small widgets that every page shares. They know no services and render no markup."""
