"""The feed of events in chain order."""
