#!/usr/bin/env python3
"""Looks at rendered reports in a real browser: check.py PAGE.html …

Every page is opened light and dark, at 1280, 1000 and 400 pixels, on paper, and without scripts. Its structure must be
the same each time, nothing may be wider than the page, no table may lose columns out of sight, every table, drawing and
control must have a name, texts must stand out, and nothing may be said on the console or asked of a network. Then tables
are sorted and filtered. Nothing is compared by pixels. Exit status: 0 all is well, 1 a fault, 77 there is no browser, which is no success.
"""

import os
import pathlib
import sys
import time

from chrome import NAMES, Chrome, find

PAGE_SCRIPT = (pathlib.Path(__file__).parent / "page.js").read_text()

VIEWS = [
    ("light", dict()),
    ("dark", dict(scheme="dark")),
    ("1000 px", dict(width=1000)),
    ("400 px", dict(width=400, height=800)),
    ("print", dict(media="print", width=794)),
]

# Sorts by every heading, both ways, and says where a column is out of order. Clicks as a person does.
SORT = """
(() => {
  const faults = [];
  const shown = (row, heading) => {
    const cell = row.cells[heading.cellIndex];
    const text = cell?.dataset.v ?? cell?.textContent.trim() ?? "–";
    return text === "–" || text === "" ? null : text;
  };
  for (const table of document.querySelectorAll("table.interactive")) {
    const before = table.tBodies[0].rows.length;
    // Of a table of thousands of rows three headings are enough.
    const headings = [...table.tHead.rows[0].cells].slice(0, before > 2000 ? 3 : undefined);
    for (const heading of headings) {
      for (const way of ["ascending", "descending"]) {
        heading.querySelector("button").click();
        if (heading.getAttribute("aria-sort") !== way) faults.push(`${table.id}: ${heading.textContent} is not ${way}`);
        const values = [...table.tBodies[0].rows].map((row) => shown(row, heading));
        const firstAbsent = values.indexOf(null);
        if (firstAbsent >= 0 && values.slice(firstAbsent).some((value) => value !== null)) {
          faults.push(`${table.id}: in ${heading.textContent} an empty cell stands before a full one`);
        }
        const numbers = values.filter((value) => value !== null).map((value) => Number(value.replace("×", "")));
        if (heading.classList.contains("n") && !numbers.some(Number.isNaN)) {
          const sign = way === "ascending" ? 1 : -1;
          if (numbers.some((value, index) => index > 0 && sign * (value - numbers[index - 1]) < 0)) {
            faults.push(`${table.id}: ${heading.textContent} is out of order, ${way}`);
          }
        }
      }
    }
    if (table.tBodies[0].rows.length !== before) faults.push(`${table.id}: rows were lost`);
  }
  return faults;
})()
"""

# Types the first word of a row into the filter of its table: all rows with it stay, the others go, and come back.
FILTER = """
(() => {
  const faults = [];
  for (const tools of document.querySelectorAll(".tools")) {
    const rows = [...document.getElementById(tools.dataset.for).tBodies[0].rows];
    const input = tools.querySelector("input");
    const type = (text) => { input.value = text; input.dispatchEvent(new Event("input", { bubbles: true })); };
    if (tools.hidden) faults.push(`the tools of ${tools.dataset.for} are hidden`);
    const word = rows.at(-1)?.cells[0]?.textContent.trim().toLowerCase() ?? "";
    type(word);
    const expected = rows.filter((row) => word.split(/\\s+/).every((part) => row.textContent.toLowerCase().includes(part)));
    const visible = rows.filter((row) => row.checkVisibility());
    if (visible.length !== expected.length) faults.push(`${tools.dataset.for}: ${visible.length} rows for "${word}", not ${expected.length}`);
    if (!tools.querySelector("output").textContent.startsWith(`${expected.length} of ${rows.length}`)) {
      faults.push(`${tools.dataset.for}: says "${tools.querySelector("output").textContent}"`);
    }
    type("no row has this word");
    if (rows.some((row) => row.checkVisibility())) faults.push(`${tools.dataset.for}: a row stays for a word that none has`);
    type("");
    if (rows.some((row) => !row.checkVisibility())) faults.push(`${tools.dataset.for}: rows stay hidden`);
  }
  return faults;
})()
"""

# The switch between light and dark, and back.
SWITCH = """
(() => {
  const colour = () => getComputedStyle(document.body).backgroundColor;
  const [before, button] = [colour(), document.getElementById("theme")];
  button.click();
  const between = colour();
  button.click();
  // The choice is kept for all pages of the disk; the next view is to follow the system again.
  localStorage.clear();
  return [before !== between ? [] : ["the switch changes no colour"], colour() === before ? [] : ["the switch does not switch back"]].flat();
})()
"""


def noise(chrome, url):
    """What the page said on the console, and what it asked of a network."""
    for event in chrome.events:
        method, parameters = event["method"], event["params"]
        if method == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            yield "exception: " + (details.get("exception", {}).get("description") or details["text"])
        elif method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning", "assert"):
            yield "console: " + " ".join(str(argument.get("value", "")) for argument in parameters["args"])
        elif method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            yield "log: " + parameters["entry"]["text"]
        elif method == "Network.requestWillBeSent":
            asked = parameters["request"]["url"]
            if asked != url and not asked.startswith(("data:", "blob:")):
                yield "asks for " + asked


def names(chrome):
    """Controls and pictures without a name, as a screen reader meets them."""
    # The browser builds the tree anew for every role: minutes for the cells of a table of ten thousand rows.
    if chrome.evaluate("document.querySelectorAll('*').length") > 50_000:
        return
    root = chrome.call("DOM.getDocument", depth=0)["root"]["nodeId"]
    for role in ("button", "textbox", "searchbox", "link", "image", "table", "region"):
        for node in chrome.call("Accessibility.queryAXTree", nodeId=root, role=role)["nodes"]:
            if not node.get("ignored") and not node.get("name", {}).get("value", "").strip():
                yield f"a {role} without a name"


def structure_without_scripts(chrome):
    """How many elements of each kind the document has: a page without scripts cannot be asked itself."""
    chrome.call("DOM.getDocument", depth=0)

    def count(name):
        found = chrome.call("DOM.performSearch", query=f"//*[local-name()='{name}']")
        chrome.call("DOM.discardSearchResults", searchId=found["searchId"])
        return found["resultCount"]

    return {name: count(name) for name in ["h1", "h2", "h3", "figure", "table", "tr", "td", "svg", "caption"]}


def check(chrome, path):
    url = pathlib.Path(path).resolve().as_uri()
    faults = []
    structures = {}
    started = time.monotonic()
    for name, view in VIEWS:
        chrome.open(url, **view)
        seen = chrome.evaluate(PAGE_SCRIPT)
        structures[name] = seen["structure"]
        faults += [f"{name}: {fault}" for fault in seen["faults"]]
        if seen["dark"] != (name == "dark"):
            faults.append(f"{name}: the page is {'dark' if seen['dark'] else 'light'}")
        if name == "light":
            faults += [f"{name}: {fault}" for fault in set(names(chrome))]
            scripted = structure_without_scripts(chrome)
            for what, script in [("sort", SORT), ("filter", FILTER), ("theme", SWITCH)]:
                faults += [f"{what}: {fault}" for fault in chrome.evaluate(script)]
        faults += [f"{name}: {fault}" for fault in noise(chrome, url)]
    for name, structure in structures.items():
        different = set(structure) ^ set(structures["light"])
        if different:
            faults.append(f"{name}: the structure is another: {sorted(different)[:3]}")
    # Without scripts the same elements are there, and nothing is wider than the page.
    for width in (1280, 400):
        chrome.open(url, scripts=False, width=width)
        if structure_without_scripts(chrome) != scripted:
            faults.append(f"without scripts: {structure_without_scripts(chrome)}, with them {scripted}")
        metrics = chrome.call("Page.getLayoutMetrics")
        if metrics["cssContentSize"]["width"] > metrics["cssLayoutViewport"]["clientWidth"]:
            faults.append(f"without scripts: {metrics['cssContentSize']['width']} wide on {width}")
        faults += [f"without scripts: {fault}" for fault in noise(chrome, url)]
    size = os.path.getsize(path)
    print(f"{'ok  ' if not faults else 'BAD '} {path}: {len(structures['light'])} parts, {size // 1024} KiB, "
          f"{time.monotonic() - started:.1f} s")
    for fault in faults:
        print("     " + fault)
    return not faults


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    path = find()
    if not path:
        print(f"skipped: no browser is installed (looked for {', '.join(NAMES)})", file=sys.stderr)
        sys.exit(77)
    chrome = Chrome(path)
    try:
        good = [check(chrome, page) for page in sys.argv[1:]]
    finally:
        chrome.close()
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
