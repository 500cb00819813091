"""Which network this is and how it stands."""
