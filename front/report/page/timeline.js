// Memory over time, by uPlot: resident, heap and live bytes; a click chooses a moment.
// Owns: #timeline. Does not own: which moment is chosen (main.js).
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { bytes, seconds } from "./format.js";

// Distances of the lines across: 1, 2, 4 ... 512 of each unit, so that their labels are round.
const binarySteps = Array.from({ length: 50 }, (_, power) => 2 ** power);

export class Timeline {
  constructor(element, profile, onChoose) {
    Object.assign(this, { element, profile, onChoose, moment: profile.momentCount - 1 });
    element.addEventListener("click", () => {
      const at = this.plot && this.plot.cursor.idx;
      if (at !== null && at !== undefined) onChoose(at);
    });
  }

  choose(moment) {
    this.moment = moment;
    this.plot.redraw(false);
  }

  draw() {
    const { moments } = this.profile;
    const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const axis = { stroke: color("--quiet"), grid: { stroke: color("--line"), width: 1 }, ticks: { stroke: color("--line") } };
    const series = (label, stroke, fill) =>
      ({ label, stroke, fill, width: 1.5, spanGaps: false, points: { show: false }, value: (_, value) => (value === null || value === undefined ? "-" : bytes(value)) });
    this.element.replaceChildren();
    this.plot = new uPlot({
      width: this.element.clientWidth || 960,
      height: 220,
      scales: { x: { time: false }, y: { range: (_, low, high) => [0, (high || 1) * 1.05] } },
      cursor: { drag: { x: false, y: false } },
      axes: [
        { ...axis, values: (_, ticks) => ticks.map(seconds) },
        { ...axis, size: 80, incrs: binarySteps, values: (_, ticks) => ticks.map(bytes) },
      ],
      series: [
        { label: "time", value: (_, value) => (value === null || value === undefined ? "-" : seconds(value)) },
        series("resident", color("--resident")),
        series("heap", color("--heap")),
        series("live", color("--live"), `${color("--live")}22`),
      ],
      hooks: { draw: [(plot) => this.drawChosen(plot, color("--front"))] },
    }, [moments.seconds, moments.resident_bytes, moments.heap_bytes, moments.live_bytes], this.element);
  }

  drawChosen(plot, stroke) {
    const x = Math.round(plot.valToPos(this.profile.moments.seconds[this.moment], "x", true));
    plot.ctx.save();
    plot.ctx.strokeStyle = stroke;
    plot.ctx.lineWidth = 2;
    plot.ctx.beginPath();
    plot.ctx.moveTo(x, plot.bbox.top);
    plot.ctx.lineTo(x, plot.bbox.top + plot.bbox.height);
    plot.ctx.stroke();
    plot.ctx.restore();
  }
}
