{{ placed_rows("tjeneste") }}
