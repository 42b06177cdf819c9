"""What goes out: the published tables, each publication whole or not at all."""
