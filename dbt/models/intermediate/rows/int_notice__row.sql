{{ placed_rows("melding") }}
