{{ placed_rows("ansatt") }}
