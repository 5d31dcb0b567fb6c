// What the flame graph draws: trees over the tallies of a profile, expanded only as far as it can be seen.
// Owns: the three forms of a tree and the limit on frames. A place in a tree is {key, label, frame, total, expand()}.

// From the outermost frames inwards. `totals` are those of each node with all below it.
class CallTree {
  constructor(profile, values) {
    const count = profile.nodeParent.length;
    this.profile = profile;
    this.totals = new Float64Array(count);
    values.forEach((value, at) => (this.totals[profile.tallies.node[at]] += value));
    this.own = this.totals[0];
    for (let node = count - 1; node > 0; node--) this.totals[profile.nodeParent[node]] += this.totals[node];
    this.starts = new Int32Array(count + 1);
    for (let node = 1; node < count; node++) this.starts[profile.nodeParent[node] + 1]++;
    for (let node = 0; node < count; node++) this.starts[node + 1] += this.starts[node];
    this.children = new Int32Array(count);
    const next = this.starts.slice();
    for (let node = 1; node < count; node++) this.children[next[profile.nodeParent[node]]++] = node;
  }

  place(node, label) {
    const frame = this.profile.nodeFrame[node];
    const expand = () => {
      const places = Array.from(this.children.subarray(this.starts[node], this.starts[node + 1]))
        .filter((child) => this.totals[child] > 0)
        .map((child) => this.place(child));
      if (node === 0 && this.own > 0) places.push({ key: "none", label: "<no frame>", frame: -1, total: this.own, expand: () => [] });
      return places;
    };
    return { key: `n${node}`, label: label || this.profile.functionOf(frame), frame: label ? -2 : frame, total: this.totals[node], expand };
  }
}

// From the innermost frames outwards: groups of tallies, each with the node that it has been followed to.
function invertedPlace(profile, values, key, label, frame, items) {
  const total = items.reduce((sum, [tally]) => sum + values[tally], 0);
  const expand = () => {
    const groups = new Map();
    for (const [tally, node] of items) {
      if (node === 0 && frame !== -2) continue;
      const inner = node === 0 ? -1 : profile.nodeFrame[node];
      const group = groups.get(inner);
      const item = [tally, profile.nodeParent[node]];
      if (group) group.push(item);
      else groups.set(inner, [item]);
    }
    return Array.from(groups, ([inner, group]) => invertedPlace(profile, values, `f${inner}`, profile.functionOf(inner), inner, group));
  };
  return { key, label, frame, total, expand };
}

function byThread(profile, values, makeRoot) {
  const roots = profile.threadNames.map((name, thread) => {
    const own = values.map((value, at) => (profile.tallies.thread[at] === thread ? value : 0));
    return { ...makeRoot(own, `thread ${name}`), key: `t${thread}` };
  });
  const places = roots.filter((root) => root.total > 0);
  return { key: "all", label: "all threads", frame: -2, total: places.reduce((sum, place) => sum + place.total, 0), expand: () => places };
}

export function makeTree(profile, values, isInverted, isByThread) {
  const makeRoot = (own, label) => {
    if (!isInverted) return new CallTree(profile, own).place(0, label);
    const items = [];
    own.forEach((value, at) => value > 0 && items.push([at, profile.tallies.node[at]]));
    return invertedPlace(profile, own, "all", label, -2, items);
  };
  return isByThread ? byThread(profile, values, makeRoot) : makeRoot(values, "all");
}

// The places on a path of keys, from the root on, as far as the tree has them.
export function follow(root, keys) {
  const places = [root];
  for (const key of keys) {
    const next = places[places.length - 1].expand().find((place) => place.key === key);
    if (!next) break;
    places.push(next);
  }
  return places;
}

// The path to the largest place whose frame matches, or null. What is below a place is no larger, so most is passed over.
export function findLargest(root, matches) {
  let best = null;
  const waiting = [{ place: root, above: null }];
  while (waiting.length) {
    const item = waiting.pop();
    if (best && item.place.total <= best.place.total) continue;
    if (matches(item.place.frame)) {
      best = item;
      continue;
    }
    const places = item.place.expand().sort((a, b) => a.total - b.total); /* the largest is taken first */
    for (const place of places) waiting.push({ place, above: item });
  }
  if (!best) return null;
  const path = [];
  for (let item = best; item.above; item = item.above) path.unshift(item.place.key);
  return path;
}

const framesMost = 3000;
const depthMost = 200;

// A subtree as {name, value, place, path, children} for the chart. The largest place is expanded first until there are enough
// frames; what is narrower than `least` bytes is one frame "(smaller)", what is too deep "(deeper)".
export function expandVisible(place, path, least) {
  const top = { name: place.label, value: place.total, place, path, depth: 0 };
  const waiting = [top];
  let count = 1;
  while (waiting.length) {
    const frame = waiting.pop();
    const places = frame.place.expand();
    if (!places.length) continue;
    const isFull = count >= framesMost || frame.depth >= depthMost;
    const shown = isFull ? [] : places.filter((child) => child.total >= least).sort((a, b) => b.total - a.total);
    const rest = places.reduce((sum, child) => sum + child.total, 0) - shown.reduce((sum, child) => sum + child.total, 0);
    frame.children = shown.map((child) =>
      ({ name: child.label, value: child.total, place: child, path: [...frame.path, child.key], depth: frame.depth + 1 }));
    if (rest >= least && rest > 0)
      frame.children.push({ name: isFull ? "(deeper)" : "(smaller)", value: rest, place: null, path: frame.path, depth: frame.depth + 1 });
    count += frame.children.length;
    for (const child of frame.children) if (child.place) insert(waiting, child);
  }
  return top;
}

// Into an array sorted by value, smallest first.
function insert(sorted, item) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle].value < item.value) low = middle + 1;
    else high = middle;
  }
  sorted.splice(low, 0, item);
}
