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

// What the framework itself calls by English names is called in the page's language.
{
  const named = {
    '[data-testid="stLogoLink"]': "home",
    '[data-testid="stTopNav"], [data-testid="stSidebarNav"], [data-testid="stSidebar"]': "pages",
    '[data-testid="stSelectbox"] button, [data-testid="stMultiSelect"] button[aria-haspopup]': "open",
    '[role="dialog"] > button': "close",
    '[data-testid="stExpandSidebarButton"]': "show_menu",
    '[data-testid="stSidebarCollapseButton"] button': "hide_menu",
  };
  const give = () => {
    const names = window.samordnaNames;
    for (const [which, name] of Object.entries(named)) {
      for (const element of document.querySelectorAll(which)) {
        if (element.ariaLabel !== names[name]) element.ariaLabel = names[name];
      }
    }
    // The button around the logo has a name already; beside it the picture says nothing more.
    for (const logo of document.querySelectorAll('[data-testid="stLogoLink"] img')) logo.alt = "";
    for (const logo of document.querySelectorAll('img[alt="Logo"]')) logo.alt = "Samordna";
    const skip = document.querySelector('[data-testid="stSkipToContent"]');
    if (skip && skip.textContent !== names.skip) skip.textContent = names.skip;
    // The menu of a phone has something between the list and what is in it.
    for (const list of document.querySelectorAll('[data-testid="stSidebarNavItems"]')) {
      list.role = "list";
      for (const item of list.querySelectorAll("li")) item.role = "listitem";
    }
    // A picture that is wider than its frame is scrolled by the arrows, so the keyboard comes to it.
    for (const frame of document.querySelectorAll('[class*="st-key-picture_"]')) {
      const scrolls = frame.scrollWidth > frame.clientWidth;
      if (scrolls === (frame.tabIndex === 0)) continue;
      frame.tabIndex = scrolls ? 0 : -1;
      frame.role = scrolls ? "group" : null;
      frame.ariaLabel = scrolls ? names.scrolls : null;
    }
  };
  give();
  if (!window.samordnaNamed) {
    addEventListener("resize", () => window.samordnaGives());
    window.samordnaNamed = new MutationObserver(() => window.samordnaGives());
    window.samordnaNamed.observe(document.body, { childList: true, subtree: true });
  }
  window.samordnaGives = give;
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
