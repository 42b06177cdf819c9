{{ placed_rows("koordinator") }}
