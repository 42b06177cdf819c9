{{ placed_rows("befolkning") }}
