{{ placed_rows("ip") }}
