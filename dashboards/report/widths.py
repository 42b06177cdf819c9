"""How wide the columns of a table are, by what stands in them."""

from __future__ import annotations

from dashboards.export.table import Holds, Table, written
from dashboards.i18n.texts import Texts

# Letters: what a line holds, what a column is never narrower than, and from where on its texts are
# broken.
_LINE, _LEAST, _MOST, _LEAST_OF_PROSE, _MOST_OF_PROSE = 100, 4, 30, 20, 60
_PAD = 2


def widths(table: Table, texts: Texts) -> list[int]:
    """Return the width that each column is given, in letters; sentences share what is left."""
    found = []
    for place, column in enumerate(table.columns):
        cells = [written(row[place], column.kind, texts) for row in table.all_rows]
        word = max((len(word) for word in column.heading.split()), default=0)
        longest = max(map(len, cells), default=0)
        if column.kind.is_number:
            # A long word of a heading may be parted.
            need = max(min(word, 12), longest)
        else:
            parts = max((len(each) for cell in cells for each in cell.split()), default=0)
            most = _MOST_OF_PROSE if column.kind is Holds.PROSE else _MOST
            need = max(word, parts, min(most, longest))
        found.append(max(_LEAST, need) + _PAD)
    prose = [place for place, column in enumerate(table.columns) if column.kind is Holds.PROSE]
    over = sum(found) - _LINE
    for place in prose:
        found[place] = max(_LEAST_OF_PROSE, found[place] - max(0, over) // len(prose))
    return found
