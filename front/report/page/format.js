// Numbers as text, in the same form as in the command's other output.
const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

export function bytes(value) {
  let size = Math.abs(value);
  let unit = 0;
  while (size >= (unit ? 1023.95 : 1024) && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${value < 0 ? "-" : ""}${unit ? size.toFixed(1) : Math.round(size)} ${units[unit]}`;
}

export function seconds(value) {
  if (value < 1) return `${value.toFixed(3)} s`;
  if (value < 100) return `${value.toFixed(1)} s`;
  return value < 6000 ? `${(value / 60).toFixed(1)} min` : `${(value / 3600).toFixed(1)} h`;
}

// Marks of an axis of time, all in one unit: "12.5 s", "3:20 min", "1:05 h".
export function secondsTicks(ticks, step) {
  const most = ticks.length ? ticks[ticks.length - 1] : 0;
  const digits = Math.max(0, Math.min(3, Math.ceil(-Math.log10(step || 1) - 1e-9)));
  if (most < 100) return ticks.map((value) => `${value.toFixed(digits)} s`);
  const [unit, name] = most < 6000 ? [60, "min"] : [3600, "h"];
  return ticks.map((value) => `${Math.floor(value / unit + 1e-9)}:${String(Math.round(((value % unit) * 60) / unit) % 60).padStart(2, "0")} ${name}`);
}

export const percent = (part, whole) => (whole ? `${((part * 100) / whole).toFixed(1).replace(/^-0\.0$/, "0.0")} %` : "");
