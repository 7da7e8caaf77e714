"""The window: pages, presenters, widgets. Talks to services only, never to adapters."""
