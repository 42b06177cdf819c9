"""An independent oracle: wild registers, and a recount of them in plain Python."""
