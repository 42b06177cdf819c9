"""How wide the columns of a table are, by what stands in them."""

from __future__ import annotations

from dashboards.export.table import Kind, Table, written
from dashboards.i18n.texts import Texts

# Letters: what a column is never narrower than, and from where on its texts are broken.
_LEAST, _MOST, _MOST_OF_PROSE = 4, 30, 60


def widths(table: Table, texts: Texts) -> list[int]:
    """Return the width that each column asks for, in letters."""
    found = []
    for place, column in enumerate(table.columns):
        cells = [written(row[place], column.kind, texts) for row in table.all_rows]
        word = max((len(word) for word in column.heading.split()), default=0)
        if column.kind.is_number:
            # A long word of a heading may be parted.
            need = max(min(word, 12), max(map(len, cells), default=0))
        else:
            most = _MOST_OF_PROSE if column.kind is Kind.PROSE else _MOST
            longest = max((len(each) for cell in cells for each in cell.split()), default=0)
            need = max(word, longest, min(most, max(map(len, cells), default=0)))
        found.append(max(_LEAST, need) + 2)
    return found
