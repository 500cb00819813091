"""What several refusals advise."""

__all__ = ["RETRY", "ROLE", "SAME"]

RETRY = "Read it again and repeat the act with what it says now."
ROLE = "Ask an ADMIN of the organisation for this role, or act with an account that has it."
SAME = "Nothing needs to be done; or pass another value."
