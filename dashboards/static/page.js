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
  const TIMES =
    ".st-key-picture_months, .st-key-picture_meetings_types, .st-key-picture_meetings_forms";
  // Frames and pictures change their sizes each in its own time, some without a change of the page.
  window.samordnaSizes ??= new ResizeObserver(() => window.samordnaGives());
  const watched = (window.samordnaWatched ??= new WeakSet());
  const watchSize = (frame) => {
    for (const each of [frame, ...frame.children, ...frame.querySelectorAll(".svg-container")]) {
      if (watched.has(each)) continue;
      watched.add(each);
      window.samordnaSizes.observe(each);
    }
  };
  // A cell that a click chooses is a button, too: one stop of the keyboard, then the arrows.
  const giveCells = (plot) => {
    const trace = plot.data?.find((each) => each.meta === "choices");
    const drawn = trace && [...plot.querySelectorAll(".scatterlayer .trace")].at(-1);
    if (!drawn) return;
    const cells = [...drawn.querySelectorAll("path.point")];
    cells.forEach((cell, number) => {
      const choice = trace.customdata[number];
      if (!number && plot.samordnaChoseAt === undefined) {
        plot.samordnaChoseAt = 0;
        plot.on("plotly_selected", () => (plot.samordnaChoseAt = Date.now()));
      }
      const isChosen = choice && window.samordnaChosen === JSON.stringify(choice);
      // A picture that is laid out anew puts its cells back, and the keyboard is nowhere.
      if (isChosen && cell.role === "button" && document.activeElement === document.body) {
        cell.focus({ preventScroll: true });
      }
      if (!choice || cell.role === "button") return;
      cell.role = "button";
      cell.tabIndex = -1;
      cell.ariaLabel = trace.hovertext[number].replace(/<[^>]+>/g, " ");
      cell.samordnaCell = { plot, trace, number, x: trace.x[number], y: trace.y[number] };
      // The picture is drawn anew, and more than once: the keyboard stays where it was.
      if (isChosen) {
        cell.tabIndex = 0;
        cell.focus({ preventScroll: true });
      }
    });
    const buttons = cells.filter((cell) => cell.role === "button");
    if (buttons.length && !buttons.some((cell) => cell.tabIndex === 0)) buttons[0].tabIndex = 0;
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
    for (const empty of document.querySelectorAll('[role="listbox"] *')) {
      if (!empty.children.length && empty.textContent === "No results" && names.no_results !== "No results") {
        empty.textContent = names.no_results;
      }
    }
    // The menu of a phone has something between the list and what is in it.
    for (const list of document.querySelectorAll('[data-testid="stSidebarNavItems"]')) {
      list.role = "list";
      for (const item of list.querySelectorAll("li")) item.role = "listitem";
    }
    for (const plot of document.querySelectorAll(".js-plotly-plot")) giveCells(plot);
    // A picture that is wider than its frame is scrolled by the arrows, so the keyboard comes to it.
    for (const frame of document.querySelectorAll('[class*="st-key-picture_"]')) {
      watchSize(frame);
      const scrolls = frame.scrollWidth > frame.clientWidth;
      if (scrolls === (frame.tabIndex === 0)) continue;
      // A series is looked at from its newest end.
      if (scrolls && frame.matches(TIMES)) frame.scrollLeft = frame.scrollWidth;
      frame.tabIndex = scrolls ? 0 : -1;
      frame.role = scrolls ? "group" : null;
      frame.ariaLabel = scrolls ? names.scrolls : null;
    }
  };
  give();
  if (!window.samordnaNamed) {
    window.samordnaNamed = new MutationObserver(() => window.samordnaGives());
    window.samordnaNamed.observe(document.body, { childList: true, subtree: true });
  }
  window.samordnaGives = give;
}

// The keyboard in a picture whose cells can be chosen.
if (!window.samordnaCells) {
  window.samordnaCells = true;
  const TAP = { across: 30, down: 19 }; // how far from a cell's middle a finger still means it
  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const chooseCell = (cell) => {
    const { plot, trace, number, x, y } = cell.samordnaCell;
    const customdata = trace.customdata[number];
    window.samordnaChosen = JSON.stringify(customdata);
    plot.emit("plotly_selected", { points: [{ pointIndex: number, pointNumber: number, x, y, customdata }] });
  };
  const next = (cell, [across, down]) => {
    const { plot, x, y } = cell.samordnaCell;
    const ahead = [...plot.querySelectorAll('path[role="button"]')]
      .map((other) => [other, other.samordnaCell.x - x, other.samordnaCell.y - y])
      .filter(([, right, below]) => (across ? right * across > 0 && below === 0 : below * down > 0 && right === 0));
    ahead.sort(([, right, below], [, further, lower]) => Math.abs(right + below) - Math.abs(further + lower));
    return ahead[0]?.[0];
  };
  const cellOf = (event) => (event.target.samordnaCell ? event.target : null);
  // A finger only hovers at its first tap, to the drawing library; here it chooses.
  let touched = { at: 0 };
  const touch = ({ touches: [{ clientX, clientY }] }) => (touched = { at: Date.now(), clientX, clientY });
  document.addEventListener("touchstart", touch, { capture: true, passive: true });
  const tapped = ({ target }) => {
    const { at, clientX, clientY } = touched;
    const plot = Date.now() - at < 700 && target.closest?.(".js-plotly-plot");
    if (!plot || Date.now() - plot.samordnaChoseAt < 700) return null;
    return [...plot.querySelectorAll('path[role="button"]')].find((cell) => {
      const { left, right, top, bottom } = cell.getBoundingClientRect();
      const [across, down] = [clientX - (left + right) / 2, clientY - (top + bottom) / 2];
      return Math.abs(across) < TAP.across && Math.abs(down) < TAP.down;
    });
  };
  document.addEventListener("click", (event) => {
    const cell = cellOf(event) ?? tapped(event);
    if (cell) chooseCell(cell);
  });
  document.addEventListener("pointerdown", () => (window.samordnaChosen = null), true);
  document.addEventListener("keydown", (event) => {
    window.samordnaChosen = null;
    const cell = cellOf(event);
    if (!cell) return;
    if (event.key === "Enter" || event.key === " ") chooseCell(cell);
    else if (!STEPS[event.key]) return;
    event.preventDefault();
    const to = STEPS[event.key] && next(cell, STEPS[event.key]);
    if (!to) return;
    cell.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  });
}

// On a phone the menu lies over the page: it goes when a page is chosen.
if (!window.samordnaLeaves) {
  window.samordnaLeaves = true;
  document.addEventListener("click", (event) => {
    const chosen = event.target.closest?.('[data-testid="stSidebarNavLink"]');
    if (!chosen || !matchMedia("(max-width: 768px)").matches) return;
    setTimeout(() => document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click(), 300);
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

// The server hears of the reader's colours when a page is opened, and draws it in those. Where they
// change, at sunset say, the page is opened anew: half of it would have the ones, half the others.
if (!window.samordnaTurns) {
  window.samordnaTurns = true;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const wasDark = dark.matches;
  dark.addEventListener("change", () =>
    // A print has light colours while it lasts.
    setTimeout(() => {
      if (dark.matches !== wasDark && !matchMedia("print").matches) location.reload();
    }, 300)
  );
}

// What readers take along: pictures as files, the page's address, a print.
if (!window.samordnaTakes) {
  window.samordnaTakes = true;
  const SVG = "http://www.w3.org/2000/svg";
  const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif";
  const MARGIN = 24;
  const SHARPNESS = 2;
  const PAPER_WIDTH = 700; // what A4 has room for between its margins
  const ofPage = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const isDark = () => ofPage("color-scheme") === "dark";

  // On paper and in files everything is light. A dark picture is turned over: each colour keeps its
  // hue and takes the opposite lightness, so what can be told apart still can; the paper is white.
  const channels = (colour) =>
    colour.startsWith("#")
      ? [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16))
      : colour.match(/[\d.]+/g).map(Number);
  const turned = (colour) => {
    const [red, green, blue, opacity] = channels(colour);
    const isPaper = channels(ofPage("--paper")).every((part, at) => part === [red, green, blue][at]);
    const lift = 255 - 2 * (0.213 * red + 0.715 * green + 0.072 * blue);
    const light = [red, green, blue].map((part) =>
      isPaper ? 255 : Math.round(Math.min(255, Math.max(0, part + lift)))
    );
    return opacity === undefined ? `rgb(${light.join(", ")})` : `rgba(${light.join(", ")}, ${opacity})`;
  };
  const COLOURS = /#[0-9a-f]{6}\b|rgba?\([^)]*\)/gi;
  const COLOURED = ["fill", "stroke", "style", "stop-color"];
  // Returns how to undo it.
  const turn = (root) => {
    const before = [];
    for (const element of [root, ...root.querySelectorAll("*")]) {
      for (const name of COLOURED) {
        const written = element.getAttribute(name);
        if (!written || written.includes("url(")) continue;
        before.push([element, name, written]);
        element.setAttribute(name, written.replace(COLOURS, turned));
      }
    }
    return () => before.forEach(([element, name, written]) => element.setAttribute(name, written));
  };
  const lightened = (colour) => (isDark() ? turned(colour) : colour);

  const measure = document.createElement("canvas").getContext("2d");
  const wrapped = (text, width, size, weight) => {
    measure.font = `${weight} ${size}px ${FONT}`;
    const lines = [""];
    for (const word of text.split(" ")) {
      const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
      if (lines.at(-1) && measure.measureText(longer).width > width) lines.push(word);
      else lines[lines.length - 1] = longer;
    }
    return lines;
  };

  // One drawing of a picture's layers, with its words above and below.
  const composed = (plot, words) => {
    const layers = [...plot.querySelectorAll(".main-svg")];
    const drawn = plot.getBoundingClientRect();
    const width = Math.round(drawn.width);
    const picture = document.createElementNS(SVG, "svg");
    const add = (name, attributes, text) => {
      const element = document.createElementNS(SVG, name);
      for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
      if (text) element.textContent = text;
      picture.append(element);
      return element;
    };
    add("title", {}, words.title);
    add("desc", {}, words.subtitle);
    const paper = add("rect", { width: "100%", height: "100%", fill: lightened(ofPage("--paper")) });
    const [ink, soft] = ["--ink", "--ink-soft"].map((name) => lightened(ofPage(name)));
    let below = MARGIN;
    const write = (text, size, weight, colour, after = 0) => {
      for (const line of wrapped(text, width, size, weight)) {
        below += size * 1.4;
        add("text", {
          x: MARGIN, y: below - size * 0.3, fill: colour,
          "font-family": FONT, "font-size": size, "font-weight": weight,
        }, line);
      }
      below += after;
    };
    write(words.title, 18, 600, ink, 2);
    write(words.subtitle, 13, 400, soft, 10);
    for (const layer of layers) {
      const copy = layer.cloneNode(true);
      for (const unseen of copy.querySelectorAll(".hoverlayer, .draglayer")) unseen.remove();
      // A link of the page leads nowhere from a file.
      for (const link of copy.querySelectorAll("a")) link.replaceWith(...link.childNodes);
      if (isDark()) turn(copy);
      copy.style.background = "none";
      copy.setAttribute("x", MARGIN);
      copy.setAttribute("y", below);
      picture.append(copy);
    }
    below += Math.round(drawn.height) + 8;
    for (const remark of words.remarks) write(remark, 12, 400, ink);
    below += 6;
    for (const note of words.notes) write(note, 11, 400, soft);
    const [whole, height] = [width + 2 * MARGIN, Math.ceil(below + MARGIN)];
    picture.setAttribute("xmlns", SVG);
    picture.setAttribute("width", whole);
    picture.setAttribute("height", height);
    picture.setAttribute("viewBox", `0 0 ${whole} ${height}`);
    picture.setAttribute("lang", document.documentElement.lang);
    paper.setAttribute("width", whole);
    paper.setAttribute("height", height);
    const written = new XMLSerializer().serializeToString(picture);
    return { file: new Blob([written], { type: "image/svg+xml" }), width: whole, height };
  };
  const painted = async ({ file, width, height }) => {
    const image = new Image();
    image.src = URL.createObjectURL(file);
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = SHARPNESS * width;
    canvas.height = SHARPNESS * height;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(image.src);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  };
  const save = (file, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };
  // Who clicks before a picture is drawn waits for it.
  const onceDrawn = async (picture, patience = 10000) => {
    for (const begun = Date.now(); Date.now() - begun < patience; ) {
      const plot = document.querySelector(`.st-key-picture_${CSS.escape(picture)} .svg-container`);
      if (plot?.querySelector(".main-svg")) return plot;
      await new Promise((next) => setTimeout(next, 100));
    }
    return null;
  };
  const savePicture = async (button) => {
    const { picture, file, words } = button.closest("[data-picture]").dataset;
    const plot = await onceDrawn(picture);
    if (!plot) return;
    const drawing = composed(plot, JSON.parse(words));
    const kind = button.dataset.take;
    save(kind === "png" ? await painted(drawing) : drawing.file, `${file}.${kind}`);
  };

  const copy = async (text) => {
    // Browsers give their clipboard to safe addresses only; elsewhere the old way still works.
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  };
  const said = (button, label) => {
    const before = button.textContent;
    if (before === label) return;
    button.textContent = label;
    setTimeout(() => (button.textContent = before), 3000);
  };
  const copyWords = async (button) => {
    const { words, done } = button.closest("[data-picture]").dataset;
    const { title, subtitle, remarks, notes } = JSON.parse(words);
    await copy([title, subtitle, ...remarks, ...notes].join("\n"));
    said(button, done);
  };
  // A table is copied as one: as HTML for what writes documents, with tabs for what reckons.
  const copyTable = async (button) => {
    const { table: title, notes, done } = button.dataset;
    const shown = document.querySelector(`.table-frame[aria-label="${CSS.escape(title)}"] table`);
    const told = JSON.parse(notes);
    const written = (cell) => {
      const copied = cell.cloneNode(true);
      for (const unseen of copied.querySelectorAll(".unseen")) unseen.remove();
      return copied.textContent.replace(/[ \n\t]+/g, " ").trim();
    };
    const rows = [...shown.rows].map((row) => [...row.cells].map(written));
    const page = document.implementation.createHTMLDocument();
    const add = (parent, tag, text = "") => {
      const element = page.createElement(tag);
      element.textContent = text;
      return parent.appendChild(element);
    };
    add(add(page.body, "p"), "strong", title);
    const table = add(page.body, "table");
    table.setAttribute("border", "1");
    table.setAttribute("cellpadding", "4");
    table.style.borderCollapse = "collapse";
    [...shown.rows].forEach((row, number) => {
      const line = add(table, "tr");
      [...row.cells].forEach((cell, place) => {
        const copied = add(line, cell.tagName, rows[number][place]);
        copied.style.textAlign = getComputedStyle(cell).textAlign;
      });
    });
    for (const note of told) add(page.body, "p", note);
    const plain = [title, ...rows.map((row) => row.join("\t")), ...told].join("\n");
    if (navigator.clipboard?.write) {
      const kinds = { "text/html": page.body.innerHTML, "text/plain": plain };
      const blobs = Object.entries(kinds).map(([type, text]) => [type, new Blob([text], { type })]);
      await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
    } else {
      await copy(plain);
    }
    said(button, done);
  };
  const copyLink = async (button) => {
    const page = location.pathname.split("/").at(-1);
    const here = `${button.dataset.base}${page}${location.search}${location.hash}`;
    await copy(button.dataset.text ?? here);
    said(button, button.dataset.done);
  };

  const actions = {
    png: savePicture,
    svg: savePicture,
    text: copyWords,
    table: copyTable,
    link: copyLink,
    print: () => window.print(),
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-take]");
    if (button) actions[button.dataset.take](button);
  });

  const MOST_PRINTED_ROWS = 200; // a longer table is printed where the reader has opened it
  const undo = [];
  addEventListener("beforeprint", () => {
    for (const closed of document.querySelectorAll("details:not([open]):has(table.figures)")) {
      if (closed.querySelectorAll("tbody tr").length > MOST_PRINTED_ROWS) continue;
      closed.open = true;
      undo.push(() => (closed.open = false));
    }
    for (const plot of document.querySelectorAll(".js-plotly-plot")) {
      const width = plot.getBoundingClientRect().width;
      plot.style.setProperty("--print-zoom", Math.min(1, PAPER_WIDTH / width));
      if (!isDark()) continue;
      for (const layer of plot.querySelectorAll(".main-svg")) undo.push(turn(layer));
    }
  });
  addEventListener("afterprint", () => undo.splice(0).forEach((step) => step()));
}
