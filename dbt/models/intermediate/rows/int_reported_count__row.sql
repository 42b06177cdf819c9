{{ placed_rows("koordinatortall") }}
