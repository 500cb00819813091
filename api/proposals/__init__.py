"""Proposals: propose, vote, report, queue, execute, cancel, read."""
