// Memory over time, by uPlot: resident, heap and live bytes; a click chooses a moment.
// Owns: #timeline. Does not own: which moment is chosen (main.js).
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { bytes, seconds, secondsTicks } from "./format.js";

// Distances of the lines across: 1, 2, 4 ... 512 of each unit, so that their labels are round.
const binarySteps = Array.from({ length: 50 }, (_, power) => 2 ** power);
const timeSteps = [0.001, 0.01, 0.1].flatMap((step) => [step, step * 2, step * 5])
  .concat([1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10800, 21600, 43200], Array.from({ length: 16 }, (_, power) => 86400 * 2 ** power));

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
    this.plot.setLegend({ idx: null });
  }

  draw() {
    const { moments } = this.profile;
    const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const axis = { stroke: color("--quiet"), grid: { stroke: color("--line"), width: 1 }, ticks: { stroke: color("--line") } };
    // The legend has the values of the moment under the mouse, or of the chosen one.
    const legend = (column, show) => (_, value, series, at) => {
      const shown = at === null || at === undefined ? column[this.moment] : value;
      return shown === null || shown === undefined ? "-" : show(shown);
    };
    const series = (label, column, stroke, fill) =>
      ({ label, stroke, fill, width: 1.5, spanGaps: false, points: { show: false }, value: legend(column, bytes) });
    this.element.replaceChildren();
    this.plot = new uPlot({
      width: this.element.clientWidth || 960,
      height: 220,
      scales: { x: { time: false }, y: { range: (_, low, high) => [0, (high || 1) * 1.05] } },
      cursor: { drag: { x: false, y: false } },
      axes: [
        { ...axis, size: 36, space: 55, incrs: timeSteps, values: (_, ticks, at, space, step) => secondsTicks(ticks, step) },
        { ...axis, size: 80, incrs: binarySteps, values: (_, ticks) => ticks.map(bytes) },
      ],
      series: [
        { label: "time", value: legend(moments.seconds, seconds) },
        series("resident", moments.resident_bytes, color("--resident")),
        series("heap", moments.heap_bytes, color("--heap")),
        series("live", moments.live_bytes, color("--live"), `${color("--live")}22`),
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
