// Everything here is an addition: without it the page shows the same numbers in the plan's order.
(() => {
  const root = document.documentElement;
  const stored = () => { try { return localStorage.getItem("tern-theme"); } catch { return null; } };
  const store = (value) => { try { localStorage.setItem("tern-theme", value); } catch { /* files may have no storage */ } };

  // Light or dark.
  const button = document.getElementById("theme");
  const isDark = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const label = () => { button.textContent = isDark() ? "Light" : "Dark"; };
  if (stored()) root.dataset.theme = stored();
  label();
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    store(root.dataset.theme);
    label();
  });

  // Sorting: the heading becomes a button; numbers sort as numbers, empty cells stay last.
  // A text may run on over the empty cells to its right, which are then not there.
  const value = (row, heading) => {
    const cell = row.cells[heading.cellIndex];
    if (!cell) return null;
    const text = cell.dataset.v ?? cell.textContent.trim();
    if (text === "–" || text === "") return null;
    const number = Number(text.replace(/×$/, ""));
    return heading.classList.contains("n") && !Number.isNaN(number) ? number : text;
  };
  const compare = (a, b) => {
    if (a === null || b === null) return (a === null) - (b === null);
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a).localeCompare(String(b), "en", { numeric: true });
  };
  const sort = (table, heading) => {
    const isAscending = heading.getAttribute("aria-sort") !== "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", isAscending ? "ascending" : "descending");
    const keyed = [...table.tBodies[0].rows].map((row) => [value(row, heading), row]);
    keyed.sort(([a], [b]) => (a === null || b === null || isAscending ? compare(a, b) : compare(b, a)));
    table.tBodies[0].append(...keyed.map(([, row]) => row));
  };
  for (const table of document.querySelectorAll("table.interactive")) {
    [...table.tHead.rows[0].cells].forEach((heading) => {
      const control = document.createElement("button");
      control.type = "button";
      control.append(...heading.childNodes);
      heading.append(control);
      control.addEventListener("click", () => sort(table, heading));
    });
  }

  // Filtering: every word must occur in the row.
  const shown = (table) => [...table.tBodies[0].rows].filter((row) => !row.hidden);
  const filter = (table, words, output) => {
    for (const row of table.tBodies[0].rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
    output.textContent = `${shown(table).length} of ${table.tBodies[0].rows.length} rows`;
  };

  // Downloads: the rows and columns that are shown, in their order. Numbers have six digits; an unknown value is
  // empty in CSV, a dash in Markdown, and its key is absent in JSON.
  const headings = (table) => [...table.tHead.rows[0].cells];
  const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const writers = {
    csv: (table) => [
      headings(table).map((cell) => cell.dataset.key),
      ...shown(table).map((row) => headings(table).map((cell) => quoted(String(value(row, cell) ?? "")))),
    ].map((line) => line.join(",") + "\r\n").join(""),
    json: (table) => JSON.stringify(shown(table).map((row) => Object.fromEntries(
      headings(table).map((cell) => [cell.dataset.key, value(row, cell)]).filter(([, v]) => v !== null),
    )), null, 1) + "\n",
    md: (table) => [
      headings(table).map((cell) => cell.textContent.trim()),
      headings(table).map((cell) => (cell.classList.contains("n") ? "---:" : "---")),
      ...shown(table).map((row) => headings(table).map((_, index) => (row.cells[index]?.textContent.trim() ?? "–").replaceAll("|", "\\|"))),
    ].map((line) => `| ${line.join(" | ")} |\n`).join(""),
  };
  const types = { csv: "text/csv", json: "application/json", md: "text/markdown" };
  const download = (table, name, format) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([writers[format](table)], { type: types[format] }));
    link.download = `${name}.${format}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  for (const tools of document.querySelectorAll(".tools")) {
    const table = document.getElementById(tools.dataset.for);
    const output = tools.querySelector("output");
    const input = tools.querySelector("input");
    const apply = () => filter(table, input.value.toLowerCase().split(/\s+/).filter(Boolean), output);
    input.addEventListener("input", apply);
    for (const control of tools.querySelectorAll("button")) {
      control.addEventListener("click", () => download(table, tools.dataset.name, control.dataset.as));
    }
    apply();
    tools.hidden = false;
  }
})();
