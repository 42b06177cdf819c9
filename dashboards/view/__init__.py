"""What the reader has chosen, what there is to choose from, and the address that says so."""
