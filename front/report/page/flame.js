// The flame graph: draws a tree with d3-flame-graph, zooms by drawing again from the chosen frame, moves with the keyboard.
// Owns: #flame. Does not own: what the tree is of (tree.js), details of a frame (details.js).
import { select } from "d3-selection";
import flamegraph from "d3-flame-graph";
import { expandVisible, findLargest, follow } from "./tree.js";
import { bytes, percent } from "./format.js";

const cellHeight = 18;
const pixelsLeast = 1.5;
const pixelsSeen = 4;

export class Flame {
  // `onSelect` is called with a place of the tree and the places above it, or with null.
  constructor(element, profile, onSelect) {
    Object.assign(this, { element, profile, onSelect, path: [], tree: null, current: null });
    this.matches = () => false;
    element.addEventListener("keydown", (event) => this.onKey(event));
  }

  show(tree) {
    this.tree = tree;
    this.draw();
  }

  setMatches(matches) {
    this.matches = matches;
    this.draw();
  }

  zoom(path) {
    this.path = path;
    this.current = null;
    this.draw();
  }

  // To the largest match, wherever in the tree; not when one can be seen already and `isNeeded`.
  zoomToMatch(isNeeded) {
    const isSeen = select(this.element).selectAll("g.match rect").nodes().some((rect) => rect.getBoundingClientRect().width >= pixelsSeen);
    const path = isNeeded && isSeen ? null : findLargest(this.tree, this.matches);
    if (path) this.zoom(path);
  }

  draw() {
    const places = follow(this.tree, this.path);
    this.path = this.path.slice(0, places.length - 1);
    const focus = places[places.length - 1];
    const currentPath = this.current && this.current.data.place ? this.current.data.path : this.path;
    this.element.replaceChildren();
    this.current = null;
    if (!(focus.total > 0)) {
      this.element.append(Object.assign(document.createElement("div"), { className: "empty", textContent: "Nothing is here." }));
      this.onSelect(null);
      return;
    }
    const width = this.element.clientWidth || 960;
    let data = expandVisible(focus, this.path, (focus.total * pixelsLeast) / width);
    for (let at = places.length - 2; at >= 0; at--)
      data = { name: places[at].label, value: focus.total, place: places[at], path: this.path.slice(0, at), isAbove: true, children: [data] };
    this.chart = flamegraph().width(width).cellHeight(cellHeight).inverted(true).transitionDuration(0).minFrameSize(0)
      .getName((d) => d.data.name).setLabelHandler((d) => this.label(d.data)).setColorMapper((d) => this.color(d.data))
      .setDetailsHandler(() => {}).onClick((d) => this.onClick(d.data));
    select(this.element).datum(data).call(this.chart);
    this.finish(width);
    select(this.element).selectAll("g").classed("ancestor", (d) => Boolean(d.data.isAbove))
      .classed("match", (d) => this.isMatch(d.data)).style("color", (d) => this.textColor(d.data));
    this.setCurrent(this.frameAt(currentPath) || this.frameAt(this.path));
  }

  // The chart widens its frames and labels them little by little; here they are at once as they are.
  finish(width) {
    const frames = select(this.element).selectAll("g");
    frames.select("rect").interrupt().attr("width", (d) => (d.x1 - d.x0) * width);
    frames.select("foreignObject div").interrupt().text((d) => d.data.name);
  }

  isMatch(data) {
    return Boolean(data.place) && this.matches(data.place.frame);
  }

  label(data) {
    const place = data.place && data.place.frame >= 0 ? ` ${this.profile.placeOf(data.place.frame)}` : "";
    const total = data.place ? data.place.total : data.value;
    return `${data.name}${place}\n${bytes(total)}, ${percent(total, this.tree.total)} of what is shown`;
  }

  // A hue for each file, a lightness for each function; a match is magenta.
  color(data) {
    const isDark = document.documentElement.dataset.theme === "dark";
    if (this.isMatch(data)) return isDark ? "hsl(310 80% 40%)" : "hsl(310 90% 75%)";
    if (!data.place || data.place.frame < 0) return isDark ? "hsl(0 0% 28%)" : "hsl(0 0% 85%)";
    const hue = hash(this.profile.fileOf(data.place.frame)) % 360;
    const shade = hash(data.name) % 12;
    return isDark ? `hsl(${hue} 38% ${26 + shade}%)` : `hsl(${hue} 62% ${72 + shade}%)`;
  }

  textColor() {
    return document.documentElement.dataset.theme === "dark" ? "#f1f3f5" : "#15181c";
  }

  onClick(data) {
    this.element.focus({ preventScroll: true });
    this.zoom(data.path);
  }

  // The drawn frame of this path, or null.
  frameAt(path) {
    let found = null;
    select(this.element).selectAll("g").each((d) => {
      if (d.data.place && d.data.path.length === path.length && path.every((key, at) => key === d.data.path[at])) found = d;
    });
    return found;
  }

  setCurrent(frame) {
    this.current = frame;
    select(this.element).selectAll("g").classed("current", (d) => d === frame).filter((d) => d === frame)
      .each(function scroll() { this.scrollIntoView({ block: "nearest" }); });
    const above = [];
    for (let at = frame; at; at = at.parent) if (at.data.place) above.push(at.data.place);
    this.onSelect(frame && frame.data.place, above);
  }

  neighbour(step) {
    const siblings = this.current.parent ? this.current.parent.children : [this.current];
    return siblings[siblings.indexOf(this.current) + step] || this.current;
  }

  onKey(event) {
    if (!this.current) return;
    const moves = {
      ArrowDown: () => (this.current.children ? this.current.children[0] : this.current),
      ArrowUp: () => this.current.parent || this.current,
      ArrowLeft: () => this.neighbour(-1),
      ArrowRight: () => this.neighbour(1),
    };
    if (event.key === "Enter") this.zoom(this.current.data.path);
    else if (moves[event.key]) this.setCurrent(moves[event.key]());
    else return;
    event.preventDefault();
  }
}

function hash(text) {
  let value = 2166136261;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 16777619);
  return (value ^ (value >>> 15)) >>> 0;
}
