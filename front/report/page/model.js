// The profile as the page reads it: columns of numbers, and what each stack holds at a moment, in a thread, in a domain.
// Owns: no element of the page. The columns are those of docs/report-json.md; `history` has, for each moment, the tallies that
// changed and their bytes from then on; `source` has lines of source files.
export class Profile {
  constructor(json) {
    Object.assign(this, json);
    this.nodeParent = Int32Array.from(json.nodes.parent, (parent) => (parent === null ? 0 : parent));
    this.nodeFrame = Int32Array.from(json.nodes.frame, (frame) => (frame === null ? -1 : frame));
    this.tallyCount = json.tallies.node.length;
    this.frameCount = json.frames.line.length;
    this.momentCount = json.moments.seconds.length;
    this.hasBase = json.totals.base !== undefined;
    // Most threads of a program have its name: with their numbers they can be told apart.
    const { name: names, id } = json.threads;
    this.threadNames = names.map((name, at) => (names.indexOf(name) === names.lastIndexOf(name) ? name : `${name} (${id[at]})`));
    this.doubtfulFrames = new Set(json.doubtful);
    this.sourceOf = new Map(json.source.frame.map((frame, row) => [frame, row]));
  }

  functionOf(frame) {
    return frame < 0 ? "<no frame>" : this.strings[this.frames.function[frame]] || "<no name>";
  }

  fileOf(frame) {
    return frame < 0 ? "" : this.strings[this.frames.file[frame]];
  }

  // "file:line" without what is not known.
  placeOf(frame) {
    const file = this.fileOf(frame);
    const line = frame < 0 ? 0 : this.frames.line[frame];
    return line && file ? `${file}:${line}` : file;
  }

  // Bytes of each tally at the end of a moment.
  bytesAt(moment) {
    if (moment >= this.momentCount - 1) return Float64Array.from(this.tallies.end_bytes);
    const values = new Float64Array(this.tallyCount);
    const { tally, bytes, starts } = this.history;
    for (let at = 0; at < starts[moment + 1]; at++) values[tally[at]] = bytes[at];
    return values;
  }

  // Bytes of each tally that a selection {what, moment, thread, domain} shows. What is more or less than in the base is weighed
  // by stack, so that a block that only changed its thread counts as neither; without the sites whose difference may be chance.
  values(selection) {
    const isDifference = selection.what === "more" || selection.what === "less";
    const values = this.select(selection, (frame) => !isDifference || !this.doubtfulFrames.has(frame));
    if (!isDifference) return values;
    const sums = new Float64Array(this.nodeParent.length);
    const sign = selection.what === "more" ? 1 : -1;
    values.forEach((value, at) => (sums[this.tallies.node[at]] += value * sign));
    return values.map((_, at) => {
      const node = this.tallies.node[at];
      const value = Math.max(0, sums[node]);
      sums[node] = 0;
      return value;
    });
  }

  // What is left out of more and less: {bytes, sites}; bytes below 0 where there is less.
  leftOut(selection) {
    const values = this.select(selection, (frame) => this.doubtfulFrames.has(frame));
    return { bytes: values.reduce((sum, value) => sum + value, 0), sites: this.doubtfulFrames.size };
  }

  // The column of each tally that a selection asks for; 0 in other threads and domains, and for frames that are not wanted.
  select(selection, isWanted) {
    const { what, moment, thread, domain } = selection;
    const columns = { end: "end_bytes", peak: "peak_bytes", allocated: "allocated_bytes", more: "bytes", less: "bytes" };
    const values = what === "moment" ? this.bytesAt(moment) : Float64Array.from(this.tallies[columns[what]]);
    for (let at = 0; at < values.length; at++) {
      if (thread >= 0 && this.tallies.thread[at] !== thread) values[at] = 0;
      if (domain && this.tallies.domain[at] !== domain) values[at] = 0;
      if (!isWanted(this.nodeFrame[this.tallies.node[at]])) values[at] = 0;
    }
    return values;
  }

  // For each node whether it or a caller of it is in a set of frames.
  nodesBelow(frames) {
    const below = new Uint8Array(this.nodeParent.length);
    for (let node = 1; node < below.length; node++) below[node] = below[this.nodeParent[node]] || frames[this.nodeFrame[node]];
    return below;
  }

  // Which frames have the text in their function or file, as an array of 0 and 1.
  framesWith(text) {
    const wanted = text.toLowerCase();
    const strings = this.strings.map((string) => string.toLowerCase().includes(wanted));
    return Uint8Array.from({ length: this.frameCount },
      (_, frame) => strings[this.frames.function[frame]] || strings[this.frames.file[frame]]);
  }
}
