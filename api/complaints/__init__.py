"""Complaints: file, review, remedy; suspension and the consent to cancellations."""
