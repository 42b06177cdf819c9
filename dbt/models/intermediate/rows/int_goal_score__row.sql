{{ placed_rows("psfs") }}
