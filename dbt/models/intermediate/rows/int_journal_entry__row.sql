{{ placed_rows("journal") }}
