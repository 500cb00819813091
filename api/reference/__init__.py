"""Names and codes: errors, codelists, the page of the API."""
