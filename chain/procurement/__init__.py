"""Tenders, suppliers, procedures as objects that are read live; each verb builds one call and lets the network send it."""
