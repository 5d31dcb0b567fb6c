// Builds the page: scripts and styles into one HTML file, and that into an array in C.
// Usage: node build.mjs OUTPUT.c in a folder with the page's sources and, in node_modules, esbuild and the chart libraries.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const [output] = process.argv.slice(2);
const result = await build({
  entryPoints: ["main.js"],
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  charset: "ascii",
  legalComments: "none",
  metafile: true,
  outdir: "out",
  write: false,
});
const part = (suffix) => result.outputFiles.find((file) => file.path.endsWith(suffix)).text.trim();

// The licences of all packages that are in the bundle go along with it.
const packages = new Set(Object.keys(result.metafile.inputs).map((path) => /node_modules\/((@[^/]+\/)?[^/]+)/.exec(path)?.[1]).filter(Boolean));
const licences = [...packages].sort().map((name) => {
  const file = readdirSync(`node_modules/${name}`).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name} has no licence`);
  return `${name}\n\n${readFileSync(`node_modules/${name}/${file}`, "utf8").trim()}\n`;
}).join("\n\n").replace(/<\/script/gi, "<_/script");

// Replacements are functions, since a string's dollar signs would mean something. esbuild keeps "</script" out of its output.
const page = readFileSync("page.html", "utf8")
  .replace("/*style*/", () => part(".css"))
  .replace("/*licences*/", () => licences)
  .replace("/*script*/", () => part(".js"));
const [head, tail, more] = page.split("/*profile*/");
if (tail === undefined || more !== undefined) throw new Error("page.html has to have one place for the profile");

const array = (name, text) => {
  const bytes = Buffer.from(text, "utf8");
  return `const unsigned char ${name}[] = {${[...bytes].join(",").replace(/(.{100}\d*,)/g, "$1\n")}};\n` +
    `const size_t ${name}_bytes = ${bytes.length};\n`;
};
writeFileSync(output, `/* Made by front/report/page/build.mjs. */\n#include "report/page.h"\n` +
  array("report_page_head", head) + array("report_page_tail", tail));
