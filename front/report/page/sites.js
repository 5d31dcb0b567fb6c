// The table of sites: the lines of code that allocate, sorted by any column, a hundred rows at a time.
// Owns: #sites and #more. All text goes in as text, never as HTML.
import { bytes, percent, seconds } from "./format.js";

const rowsStep = 100;
const columns = [
  { name: "bytes", title: "Bytes", show: (site) => bytes(site.bytes) },
  { name: "share", title: "Share", show: (site, whole) => percent(site.bytes, whole) },
  { name: "blocks", title: "Blocks", show: (site) => (site.blocks === null ? "" : String(site.blocks)) },
  { name: "allocated", title: "Allocated", show: (site) => bytes(site.allocated) },
  { name: "oldest", title: "Oldest", show: (site) => (site.oldest === null ? "" : seconds(site.oldest)) },
  { name: "newest", title: "Newest", show: (site) => (site.newest === null ? "" : seconds(site.newest)) },
  { name: "leak", title: "Leak", isText: true, show: (site) => (site.leak ? "suspected" : "") },
  { name: "label", title: "Function", isText: true, show: (site) => site.label },
  { name: "file", title: "File", isText: true, show: (site) => site.file },
];

export class Sites {
  constructor(table, more, profile, onChoose) {
    Object.assign(this, { table, more, profile, onChoose, order: "bytes", isDescending: true, rowsMost: rowsStep, sites: [] });
    this.matches = null;
    const row = table.tHead.insertRow();
    for (const column of columns) {
      const cell = document.createElement("th");
      cell.scope = "col";
      if (column.isText) cell.className = "text";
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = column.title;
      button.addEventListener("click", () => this.sortBy(column));
      cell.append(button);
      row.append(cell);
    }
    more.addEventListener("click", () => {
      this.rowsMost += rowsStep * 10;
      this.draw();
    });
  }

  sortBy(column) {
    this.isDescending = this.order === column.name ? !this.isDescending : !column.isText || column.name === "leak";
    this.order = column.name;
    this.draw();
  }

  // `values` are the bytes of each tally, `blocks` the blocks, or null where they are not known.
  show(values, blocks) {
    const { tallies, nodeFrame, suspected } = this.profile;
    const byFrame = new Map();
    values.forEach((value, at) => {
      const frame = nodeFrame[tallies.node[at]];
      let site = byFrame.get(frame);
      if (!site) {
        site = { frame, bytes: 0, blocks: blocks ? 0 : null, allocated: 0, oldest: null, newest: null, leak: suspected.includes(frame) ? 1 : 0,
          label: this.profile.functionOf(frame), file: this.profile.placeOf(frame) };
        byFrame.set(frame, site);
      }
      site.bytes += value;
      if (blocks && value) site.blocks += blocks[at];
      site.allocated += tallies.allocated_bytes[at];
      if (tallies.oldest_seconds[at] !== null) {
        site.oldest = Math.max(site.oldest ?? 0, tallies.oldest_seconds[at]);
        site.newest = Math.min(site.newest ?? Infinity, tallies.newest_seconds[at]);
      }
    });
    this.sites = Array.from(byFrame.values()).filter((site) => site.bytes > 0);
    this.whole = this.sites.reduce((sum, site) => sum + site.bytes, 0);
    this.draw();
  }

  setMatches(matches) {
    this.matches = matches;
    this.rowsMost = rowsStep;
    this.draw();
  }

  sorted() {
    const key = this.order === "share" ? "bytes" : this.order;
    const sign = this.isDescending ? -1 : 1;
    const compare = (a, b) => {
      if (a[key] === b[key]) return b.bytes - a.bytes;
      if (a[key] === null || b[key] === null) return a[key] === null ? 1 : -1;
      return (typeof a[key] === "string" ? (a[key] < b[key] ? -1 : 1) : a[key] - b[key]) * sign;
    };
    return this.sites.filter((site) => !this.matches || this.matches(site.frame)).sort(compare);
  }

  draw() {
    const sites = this.sorted();
    const body = document.createElement("tbody");
    for (const site of sites.slice(0, this.rowsMost)) {
      const row = body.insertRow();
      row.tabIndex = 0;
      if (site.leak) row.className = "suspect";
      for (const column of columns) {
        const cell = row.insertCell();
        cell.textContent = column.show(site, this.whole);
        if (column.isText) cell.className = column.name === "file" ? "text file" : "text";
      }
      row.addEventListener("click", () => this.onChoose(site.frame));
      row.addEventListener("keydown", (event) => event.key === "Enter" && this.onChoose(site.frame));
    }
    this.table.tBodies[0].replaceWith(body);
    columns.forEach((column, at) => {
      const direction = this.isDescending ? "descending" : "ascending";
      this.table.tHead.rows[0].cells[at].setAttribute("aria-sort", column.name === this.order ? direction : "none");
    });
    this.more.hidden = sites.length <= this.rowsMost;
    this.more.textContent = `Show more of ${sites.length} sites`;
  }
}
