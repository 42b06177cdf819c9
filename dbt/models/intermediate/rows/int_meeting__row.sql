{{ placed_rows("mote") }}
