// What a page is made of, asked of the browser: structure and boxes, no pixels.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const text = (element) => (element?.textContent ?? "").trim().replace(/\s+/g, " ");
  const faults = [];
  const fault = (words) => { if (faults.length < 20) faults.push(words); };
  const isShown = (element) => element.checkVisibility?.() ?? element.getClientRects().length > 0;

  // Nothing is wider than the page; what is wider scrolls within its own box.
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const wide = all("body *").filter((element) => {
      if (element.closest(".scroll, .plot, pre, .skip") || !isShown(element)) return false;
      return element.getBoundingClientRect().right > root.clientWidth + 1;
    });
    fault(`the page is ${root.scrollWidth} wide on ${root.clientWidth}: ${wide.slice(0, 3).map((e) => e.outerHTML.slice(0, 80)).join(" ")}`);
  }

  // Headings go down one level at a time.
  let last = 0;
  for (const heading of all("h1, h2, h3, h4, h5, h6")) {
    const level = Number(heading.tagName[1]);
    if (level > last + 1) fault(`<h${level}> "${text(heading)}" follows <h${last}>`);
    last = level;
  }
  if (all("h1").length !== 1) fault(`${all("h1").length} <h1>`);
  if (all("main").length !== 1) fault(`${all("main").length} <main>`);

  // Ids are unique, and references lead somewhere.
  const ids = new Set();
  for (const element of all("[id]")) {
    if (ids.has(element.id)) fault(`the id ${element.id} twice`);
    ids.add(element.id);
  }
  for (const link of all('a[href^="#"]')) if (!ids.has(link.getAttribute("href").slice(1))) fault(`${link.getAttribute("href")} leads nowhere`);

  // Tables are tables, drawings have names, and what scrolls can be reached by the keyboard.
  for (const table of all("table")) {
    if (!text(table.caption)) fault(`the table ${table.id} has no caption`);
    const columns = table.tHead?.rows[0]?.cells ?? [];
    if (![...columns].length || [...columns].some((cell) => cell.scope !== "col")) fault(`the table ${table.id} has a column without a heading`);
    for (const row of table.tBodies[0]?.rows ?? []) {
      const width = [...row.cells].reduce((sum, cell) => sum + cell.colSpan, 0);
      if (width !== columns.length) { fault(`the table ${table.id} has a row of ${width} cells under ${columns.length} headings`); break; }
    }
  }
  for (const svg of all("svg")) {
    const named = (svg.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => text(document.getElementById(id)));
    if (svg.getAttribute("role") !== "img" || named.length < 2 || named.some((name) => !name)) fault(`the drawing ${svg.id} has no name and description`);
  }
  for (const figure of all("figure")) if (!figure.querySelector("figcaption") || !figure.querySelector("table")) fault(`the figure ${figure.id} has no caption or no numbers`);
  for (const box of all(".scroll, .plot")) {
    if (isShown(box) && box.scrollWidth > box.clientWidth + 1 && !box.closest("details") && box.tabIndex < 0) {
      fault(`${box.className} in ${box.closest("[id]")?.id} scrolls and cannot be reached by the keyboard`);
    }
  }

  // A screen of 1000 pixels, less its scroll bar, shows every column of a table that is read as a whole; where a table is
  // pushed along, its edge says so.
  for (const box of all(".scroll")) {
    if (!isShown(box) || box.scrollWidth <= box.clientWidth + 1) continue;
    const table = box.querySelector("table");
    const edge = box.getBoundingClientRect().right + 1;
    const cut = [...(table?.tHead?.rows[0]?.cells ?? [])].filter((cell) => cell.getBoundingClientRect().right > edge).map(text);
    if (root.clientWidth >= 960 && !table?.classList.contains("interactive")) {
      fault(`the table ${table?.id} loses columns on ${root.clientWidth}: ${cut.join(", ")}`);
    }
    const style = getComputedStyle(box);
    if (!style.backgroundImage.includes("gradient") || !style.backgroundAttachment.includes("local")) {
      fault(`the table ${table?.id} goes on beyond its edge, and nothing says so: ${cut.join(", ")}`);
    }
  }

  // Text stands out from what is behind it: 4.5 to 1 (WCAG 2.2, 1.4.3).
  const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const linear = [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  // Rows of a table are alike: the first fifty speak for ten thousand.
  const seen = new Set();
  for (const element of all("h1, h2, h3, p, li, dt, dd, th, tr:nth-child(-n+50) > td, caption, figcaption, summary, a, button, code, svg text")) {
    const style = getComputedStyle(element);
    const ink = element.closest("svg") ? style.fill : style.color;
    const key = `${element.tagName} ${element.getAttribute("class")} ${ink}`;
    if (seen.has(key) || !isShown(element) || !ink.startsWith("rgb")) continue;
    seen.add(key);
    const [a, b] = [luminance(channels(ink)), luminance(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) fault(`<${key}> has a contrast of ${ratio.toFixed(2)}`);
  }

  return {
    faults,
    dark: luminance(behind(document.body)) < 0.2,
    title: document.title,
    // What must be the same whatever the width, the colours and the scripts.
    structure: [
      ...all("h1, h2, h3, h4").map((heading) => `${heading.tagName} ${text(heading)}`),
      ...all("figure").map((figure) => `figure ${figure.id}: ${all("svg text", figure).length} texts`),
      ...all("table").map((table) => `table ${table.id}: ${table.rows.length} rows, ${[...table.tHead.rows[0].cells].map(text).join(" | ")}`),
    ],
  };
})()
