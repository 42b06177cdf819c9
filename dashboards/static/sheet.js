// Fits the sheet on one A4 page: of some widths the one that can be shown largest. What would make
// it too small to read goes, the table first, then the last picture; and the sheet says what went.
const PAPER = { width: 718, height: 1045 };
const WIDTHS = [718, 800, 900, 1000, 1100, 1200, 1300];
const BESIDE_FROM = 1100;
const SMALLEST = 0.55;
const TALL = 450; // what is so tall is wide too: a map of many rows and columns

const sheet = document.getElementById("sheet");
const pictures = document.querySelector(".pictures");
const leftOut = document.querySelector(".left-out");
const missing = JSON.parse(leftOut.dataset.titles);

const tell = () => {
  leftOut.textContent = missing.length ? `${leftOut.dataset.told} ${missing.join(" / ")}` : "";
};

// Tall pictures take the whole width, and so does the last of an odd number of others.
const place = () => {
  const small = [...pictures.children].filter((picture) => {
    const isTall = picture.querySelector(".plot").offsetHeight > TALL;
    picture.classList.toggle("alone", isTall);
    return !isTall;
  });
  if (small.length % 2) small.at(-1).classList.add("alone");
  return small.length > 1;
};

const layOut = (width) => {
  sheet.style.width = `${width}px`;
  pictures.classList.toggle("beside", width >= BESIDE_FROM && place());
  // A table of many columns may need more than the width it is given.
  if (sheet.scrollWidth > width) return layOut(sheet.scrollWidth);
  return Math.min(1, PAPER.width / width, PAPER.height / sheet.offsetHeight);
};

const largest = () => {
  const tried = WIDTHS.map((width) => [layOut(width), width]);
  return tried.reduce((best, each) => (each[0] > best[0] + 0.005 ? each : best));
};

for (const plot of document.querySelectorAll(".plot")) {
  plot.style.height = `${FIGURES[plot.dataset.figure].layout.height}px`;
}
tell();
let [scale, width] = largest();
while (scale < SMALLEST) {
  const last = document.querySelector("section.table") ?? pictures.querySelector("section + section:last-child");
  if (!last) break;
  missing.unshift(last.dataset.title);
  last.remove();
  tell();
  [scale, width] = largest();
}
layOut(width);
sheet.style.transform = `scale(${scale})`;
for (const plot of document.querySelectorAll(".plot")) {
  const { data, layout } = FIGURES[plot.dataset.figure];
  Plotly.newPlot(plot, data, { ...layout, width: plot.clientWidth }, { staticPlot: true });
}
