// Gives files of `pymm report` to the tools they are for. Usage: node readers.mjs schema|import FILE...
// schema: a file of speedscope's format against its published schema. import: speedscope itself, in headless Chromium, opens each
// file and shows it. Ends with 0 when that works.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import Ajv from "ajv";
import { chromium } from "playwright-core";

const [check, ...files] = process.argv.slice(2);
const speedscope = resolve("node_modules/speedscope/dist/release");

function checkSchema(file) {
  const schema = JSON.parse(readFileSync(`${speedscope}/file-format-schema.json`, "utf8"));
  const ajv = new Ajv({ strict: false, allErrors: true });
  const validate = ajv.compile(schema);
  assert.ok(validate(JSON.parse(readFileSync(file, "utf8"))), ajv.errorsText(validate.errors));
}

async function checkImport(browser, file) {
  const page = await (await browser.newContext({ offline: true })).newPage();
  page.setDefaultTimeout(120000);
  const troubles = [];
  page.on("pageerror", (error) => troubles.push(String(error)));
  page.on("dialog", (dialog) => {
    troubles.push(dialog.message());
    dialog.dismiss();
  });
  await page.goto(`file://${speedscope}/index.html`);
  await page.locator("input[type=file]").setInputFiles(file);
  await page.waitForFunction(() => document.body.innerText.includes("Left Heavy"));
  await page.waitForFunction(() => document.querySelector("canvas"));
  console.log(await page.title());
  assert.deepEqual(troubles, []);
}

if (check === "schema") {
  files.forEach(checkSchema);
} else {
  const browser = await chromium.launch({ executablePath: process.env.PYMM_TEST_CHROMIUM, args: ["--no-sandbox"] });
  for (const file of files) await checkImport(browser, file);
  await browser.close();
}
