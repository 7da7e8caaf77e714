"""The OpenAPI description of the sandbox, built from its routes and the shapes of its answers."""
