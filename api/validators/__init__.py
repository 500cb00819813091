"""Validators: what the council decided, and the proof that the engine follows."""
