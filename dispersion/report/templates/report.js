"use strict";
// Sorting: a button in every column head; absent values stay last whichever way.
const number = (text) => Number.parseFloat(text.replaceAll(/[,~]/g, ""));
const compare = (a, b) => {
  const x = number(a), y = number(b);
  if (!Number.isNaN(x) && !Number.isNaN(y) && x !== y) return x - y;
  return a.localeCompare(b, "en", { numeric: true });
};
for (const head of document.querySelectorAll("thead th")) {
  head.querySelector("button").addEventListener("click", () => {
    const table = head.closest("table"), body = table.tBodies[0], column = head.cellIndex;
    const way = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", way);
    const sign = way === "ascending" ? 1 : -1;
    const text = (row) => row.cells[column].textContent.trim();
    const known = [...body.rows].filter((row) => text(row) !== "-");
    const absent = [...body.rows].filter((row) => text(row) === "-");
    known.sort((a, b) => sign * compare(text(a), text(b)));
    body.append(...known, ...absent);
    const name = head.textContent.trim();
    document.getElementById("said").textContent = `${table.caption.textContent}: sorted by ${name}, ${way}`;
  });
}
