// What is known of one frame: its place, its bytes, the lines of its source.
// Owns: #details. All text goes in as text, never as HTML.
import { bytes, percent } from "./format.js";

const element = (name, className, text) => Object.assign(document.createElement(name), { className, textContent: text });

export function showDetails(into, profile, place, total) {
  into.replaceChildren();
  if (!place) return;
  const where = place.frame >= 0 ? profile.placeOf(place.frame) : "";
  into.append(element("strong", "", place.label), element("span", "", where ? ` ${where}` : ""));
  if (total !== undefined) into.append(element("div", "", `${bytes(place.total)}, ${percent(place.total, total)} of what is shown`));
  const row = profile.sourceOf.get(place.frame);
  if (row === undefined) return;
  if (profile.source.is_changed[row]) into.append(element("div", "", "The file was changed after the run: these lines may be others."));
  const lines = element("pre", "", "");
  profile.source.text[row].split("\n").forEach((text, at) => {
    const number = profile.source.first[row] + at;
    const line = element("span", number === profile.frames.line[place.frame] ? "line here" : "line", "");
    line.append(element("span", "number", String(number)), text);
    lines.append(line);
  });
  into.append(lines);
}
