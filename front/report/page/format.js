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

export const percent = (part, whole) => (whole ? `${((part * 100) / whole).toFixed(1)} %` : "");
