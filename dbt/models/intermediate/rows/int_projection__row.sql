{{ placed_rows("framskriving") }}
