// Sorting by the headings of tables. One listener serves all tables, however often they are redrawn.
if (!window.samordnaSorts) {
  window.samordnaSorts = true;
  const language = () => document.documentElement.lang || "nb";
  const keyOf = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.sort ?? cell.textContent;
  };
  const compare = (first, second) => {
    const numbers = [Number(first), Number(second)];
    if (numbers.every((number) => !Number.isNaN(number))) return numbers[0] - numbers[1];
    return first.localeCompare(second, language());
  };
  document.addEventListener("click", (event) => {
    const heading = event.target.closest?.("table.figures th button.sort")?.closest("th");
    if (!heading) return;
    const table = heading.closest("table");
    const descending = heading.getAttribute("aria-sort") === "ascending";
    for (const other of table.querySelectorAll("thead th")) other.setAttribute("aria-sort", "none");
    heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const body = table.tBodies[0];
    // What has no number stays last, whichever way the others go.
    const rows = [...body.rows].map((row) => [keyOf(row, heading.cellIndex), row]);
    const empty = rows.filter(([key]) => key === "");
    const full = rows.filter(([key]) => key !== "");
    full.sort(([first], [second]) => (descending ? compare(second, first) : compare(first, second)));
    body.append(...[...full, ...empty].map(([, row]) => row));
  });
}

// A link to a part of the page is followed until the page has grown to its size, or the reader moves.
if (location.hash && !window.samordnaFollows) {
  window.samordnaFollows = true;
  const follow = () => document.getElementById(location.hash.slice(1))?.scrollIntoView();
  const growth = new ResizeObserver(follow);
  growth.observe(document.querySelector('[data-testid="stMainBlockContainer"]'));
  for (const move of ["wheel", "touchstart", "keydown", "pointerdown"]) {
    addEventListener(move, () => growth.disconnect(), { once: true });
  }
}
