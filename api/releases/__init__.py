"""Open data: OCDS releases, records, packages, schema."""
