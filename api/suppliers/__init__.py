"""Suppliers: register, activate, accounts, owners, read."""
