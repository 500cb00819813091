"""Comments on proposals: those of organisations are on the chain."""
