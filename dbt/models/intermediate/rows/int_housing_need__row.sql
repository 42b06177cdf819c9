{{ placed_rows("bolig") }}
