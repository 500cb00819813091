"""The council's desk: proposals in words, votes, what a proposal still lacks; for scripts (``net.council``) and for the service."""
