{{ placed_rows("kompetanse") }}
