"""Who belongs and who decides. The council's library comes with the council's contracts."""
