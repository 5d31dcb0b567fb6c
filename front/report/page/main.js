// The page's own state: what is shown, of which moment, thread and domain, and who draws it again when that changes.
import "./page.css";
import { showDetails } from "./details.js";
import { Flame } from "./flame.js";
import { bytes, percent, seconds } from "./format.js";
import { Profile } from "./model.js";
import { showResident } from "./resident.js";
import { Sites } from "./sites.js";
import { Timeline } from "./timeline.js";
import { makeTree } from "./tree.js";

const byId = (id) => document.getElementById(id);
const profile = new Profile(JSON.parse(byId("profile").textContent));
const state = { what: profile.show, moment: Math.max(0, profile.momentCount - 1), thread: -1, isByThread: false, domain: "", isInverted: false, search: "" };
const suspectsMost = 5;
let tree = null;

const flame = new Flame(byId("flame"), profile, (place) => showDetails(byId("details"), profile, place, tree && tree.total));
const sites = new Sites(byId("sites"), byId("more"), profile, (frame) => chooseFrame(frame));
const timeline = new Timeline(byId("timeline"), profile, (moment) => chooseMoment(moment));

function fillSelect(select, options, value) {
  select.replaceChildren(...options.map(([key, text]) => new Option(text, key, false, key === value)));
}

function fillHead() {
  const { profile: run } = profile;
  byId("title").textContent = run.command || run.program || "pymm report";
  document.title = `pymm report: ${byId("title").textContent}`;
  const started = new Date(run.started * 1000).toISOString().slice(0, 19).replace("T", " ");
  const recorded = run.is_exact ? "every block" : `one sample in ${bytes(run.interval_bytes)}, all sums are estimates`;
  const end = run.has_ended ? "" : ", its end is missing: it was killed, or still ran";
  byId("about").textContent = `Process ${run.pid}, ${run.python ? `Python ${run.python}, ` : ""}${seconds(run.seconds)} from ` +
    `${started} UTC${end}. Recorded: ${recorded}. Peak ${bytes(profile.totals.peak.bytes)} after ` +
    `${seconds(profile.totals.peak_seconds)}, at the end ${bytes(profile.totals.end.bytes)}, allocated in all ${bytes(profile.totals.allocated.bytes)}.`;
  byId("notes").replaceChildren(...run.notes.map((note) => Object.assign(document.createElement("li"), { textContent: note })));
  fillSelect(byId("what"), [["end", "live at the end"], ["peak", "live at the peak"], ["moment", "live at the moment"],
    ["allocated", "all that was allocated"], ...(profile.hasBase ? [["more", "more than in the base"], ["less", "less than in the base"]] : [])],
  state.what);
  fillSelect(byId("thread"), [["-1", "all"], ["by", "all, by thread"], ...profile.threadNames.map((name, at) => [String(at), name])], "-1");
  fillSelect(byId("domain"), [["", "all"], ...["raw", "mem", "obj"].map((name) => [name, name])], "");
  byId("moment").max = state.moment;
  byId("moment").value = state.moment;
}

// The sites that are suspected to leak, as buttons that show them, those that hold most first.
function fillSuspects() {
  const { tallies, nodeFrame, suspected } = profile;
  const held = new Map(suspected.map((frame) => [frame, 0]));
  tallies.end_bytes.forEach((value, at) => {
    const frame = nodeFrame[tallies.node[at]];
    if (held.has(frame)) held.set(frame, held.get(frame) + value);
  });
  const buttons = [...held].sort((a, b) => b[1] - a[1]).slice(0, suspectsMost).map(([frame, value]) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: `${profile.functionOf(frame)}, ${bytes(value)}` });
    button.addEventListener("click", () => chooseFrame(frame));
    return button;
  });
  const more = suspected.length - buttons.length;
  byId("suspects").replaceChildren(buttons.length ? "Leaks suspected: " : "Leaks suspected: none", ...buttons, more > 0 ? ` and ${more} more` : "");
}

// Bytes and blocks of each tally as they are shown. Blocks are recorded for some states only.
function shownValues() {
  const { tallies } = profile;
  const blocks = { end: tallies.end_blocks, peak: tallies.peak_blocks, allocated: tallies.allocated_blocks }[state.what] || null;
  return [profile.values(state), blocks];
}

function showAll() {
  const [values, blocks] = shownValues();
  tree = makeTree(profile, values, state.isInverted, state.isByThread);
  flame.show(tree);
  sites.show(values, blocks);
  showSummary(values);
}

function showSummary(values) {
  let text = `${bytes(tree.total)} ${byId("what").selectedOptions[0].textContent}`;
  if (state.search) {
    const below = profile.nodesBelow(profile.framesWith(state.search));
    const found = values.reduce((sum, value, at) => sum + (below[profile.tallies.node[at]] ? value : 0), 0);
    text += `; "${state.search}" is in stacks that hold ${bytes(found)}, ${percent(found, tree.total)}`;
  }
  if (profile.doubtful.length && (state.what === "more" || state.what === "less")) {
    const left = profile.leftOut(state);
    text += `; left out: ${left.bytes < 0 ? "" : "+"}${bytes(left.bytes)} in ${left.sites} site${left.sites === 1 ? "" : "s"} ` +
      "with too few samples to tell it from chance";
  }
  byId("summary").textContent = text;
}

function showMoment() {
  const { moments } = profile;
  const live = moments.live_bytes[state.moment];
  byId("moment").value = state.moment;
  byId("moment-text").textContent = profile.momentCount
    ? `${seconds(moments.seconds[state.moment])}: ${live === null ? "live not known" : `${bytes(live)} live`}` : "";
  timeline.choose(state.moment);
}

function chooseMoment(moment) {
  state.moment = Math.min(Math.max(moment, 0), profile.momentCount - 1);
  state.what = "moment";
  byId("what").value = "moment";
  showMoment();
  showAll();
}

function setSearch(text) {
  state.search = text;
  byId("search").value = text;
  const frames = text ? profile.framesWith(text) : null;
  const matches = frames && ((frame) => frame >= 0 && Boolean(frames[frame]));
  flame.setMatches(matches || (() => false));
  sites.setMatches(matches);
  showSummary(profile.values(state));
}

// A site of the table: found in the flame graph by its name.
function chooseFrame(frame) {
  const [values] = shownValues();
  const total = values.reduce((sum, value, at) => sum + (profile.nodeFrame[profile.tallies.node[at]] === frame ? value : 0), 0);
  setSearch(frame >= 0 ? profile.functionOf(frame) : "");
  if (frame >= 0) flame.zoomToMatch(true);
  showDetails(byId("details"), profile, { frame, label: profile.functionOf(frame), total }, tree.total);
  byId("details").scrollIntoView({ block: "nearest" });
}

function setTheme(choice) {
  const isDark = choice ? choice === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
}

function drawAll() {
  timeline.draw();
  flame.draw();
}

// Calls `what` once the calls of what is returned have paused.
function afterPause(what) {
  let waiting = 0;
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(what, 150);
  };
}

function listen() {
  const onChange = (id, set) => byId(id).addEventListener("change", (event) => {
    set(event.target);
    showAll();
  });
  onChange("what", (target) => (state.what = target.value));
  onChange("domain", (target) => (state.domain = target.value));
  onChange("inverted", (target) => (state.isInverted = target.checked));
  onChange("thread", (target) => {
    state.isByThread = target.value === "by";
    state.thread = state.isByThread ? -1 : Number(target.value);
  });
  byId("moment").addEventListener("input", (event) => chooseMoment(Number(event.target.value)));
  byId("search").addEventListener("input", afterPause(() => setSearch(byId("search").value)));
  byId("search").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    setSearch(byId("search").value);
    if (state.search) flame.zoomToMatch(false);
  });
  byId("reset").addEventListener("click", () => flame.zoom([]));
  byId("theme").addEventListener("change", (event) => {
    setTheme(event.target.value);
    drawAll();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    setTheme(byId("theme").value);
    drawAll();
  });
  addEventListener("resize", afterPause(drawAll));
  addEventListener("keydown", onKey);
}

function onKey(event) {
  const isTyping = ["INPUT", "SELECT"].includes(event.target.tagName) && event.target.type !== "checkbox";
  if (event.key === "Escape") {
    if (event.target.id === "search") setSearch("");
    flame.zoom([]);
  }
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  const keys = {
    "/": () => byId("search").focus(),
    i: () => byId("inverted").click(),
    "[": () => chooseMoment(state.moment - 1),
    "]": () => chooseMoment(state.moment + 1),
  };
  if (!keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
}

setTheme("");
fillHead();
fillSuspects();
timeline.draw();
showMoment();
showAll();
showResident(byId("resident-section"), byId("resident"), profile);
listen();
