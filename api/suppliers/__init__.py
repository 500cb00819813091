"""Suppliers: register, activate, accounts, owners, debar, read; citizens."""
