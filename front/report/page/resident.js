// Where all resident memory was, at the end and nearest to its peak: a row for each part, with a bar.
// Owns: #resident. Does not own: the course of time (timeline.js).
import { bytes, percent, seconds } from "./format.js";

const element = (name, className, text) => Object.assign(document.createElement(name), { className, textContent: text });

function amount(value, whole) {
  const cell = element("td", "amount", "");
  const bar = element("span", "bar", "");
  bar.style.width = `${(Math.max(0, value) * 8) / (whole || 1)}rem`;
  const track = element("span", "track", "");
  track.append(bar);
  cell.append(`${bytes(value)}  ${percent(value, whole).padStart(7, "\u2007")}`, track);
  return cell;
}

export function showResident(section, table, profile) {
  const { resident, resident_parts: parts } = profile;
  const moments = resident.seconds.map((_, at) => at).filter((at) => at === 0 || resident.seconds[at] !== resident.seconds[0]);
  section.hidden = !moments.length;
  const head = element("tr", "", "");
  head.append(element("th", "", "part"), ...moments.map((at) => {
    const words = at === 0 ? "at the end" : "nearest to its peak";
    return element("th", "moment", `${words}, after ${seconds(resident.seconds[at])}`);
  }));
  const row = (text, values) => {
    const line = element("tr", "", "");
    line.append(element("td", "", text), ...moments.map((at) => amount(values[at], resident.resident_bytes[at])));
    return line;
  };
  const rows = parts.column.map((column, at) => [parts.text[at], resident[column]]);
  rows.push(["not explained: it changed meanwhile", resident.unknown_bytes]);
  const shown = rows.filter(([, values]) => moments.some((at) => values[at] !== 0));
  table.replaceChildren(head, ...shown.map(([text, values]) => row(text, values)), row("all, by the kernel's count", resident.resident_bytes));
}
