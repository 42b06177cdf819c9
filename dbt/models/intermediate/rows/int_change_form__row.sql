{{ placed_rows("endring") }}
