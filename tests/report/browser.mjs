// Opens a report in headless Chromium and does what its user does. Usage: node browser.mjs CHECK,... PAGE.html [PICTURES]
// in a folder where playwright-core is. With a folder for pictures, each check leaves CHECK.png there. Ends with 0 when the check holds; says what did not, otherwise.
// Owns: the checks of the page. Which profiles they get: test_report_html.py.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const [names, file, pictures] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.PYMM_TEST_CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
let page = null;
let troubles = [];

// A fresh page without a network; whatever it complains about, or asks for, is a trouble.
async function open() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 1100 }, offline: true });
  page = await context.newPage();
  page.setDefaultTimeout(120000); // of a machine that has much else to do
  troubles = [];
  page.on("console", (message) => message.type() === "error" && troubles.push(message.text()));
  page.on("pageerror", (error) => troubles.push(String(error)));
  page.on("dialog", (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => request.url().startsWith("file:") || troubles.push(`asked for ${request.url()}`));
  await page.goto(`file://${file}`);
  await page.waitForFunction(() => document.querySelector("#summary").textContent !== "");
}

const labels = () => page.locator("#flame g[name]").evaluateAll((all) => all.map((frame) => frame.getAttribute("name")));
const widthOf = (name) => page.locator(`#flame g[name="${name}"] rect`).first().evaluate((rect) => rect.getBoundingClientRect().width);
const summary = () => page.locator("#summary").textContent();
const cells = (column) => page.locator(`#sites tbody tr td:nth-child(${column})`).allTextContents();
const legend = () => page.locator("#timeline .u-legend .u-value").allTextContents();
const frame = (name) => page.locator(`#flame g[name="${name}"]`).first();

const checks = {
  async load() {
    assert.equal(await page.title(), "pymm report: python3 main.py --fast");
    assert.match(await page.locator("#about").textContent(), /Process 4321.*every block.*Peak 5\.7 MiB after 4\.2 s/);
    assert.deepEqual((await labels()).sort(), ["<module>", "<no frame>", "Cache.store", "Parser.parse", "all", "load"]);
    assert.equal(await summary(), "2.0 MiB live at the end");
    assert.deepEqual(await cells(8), ["Cache.store", "Parser.parse", "<no frame>"]);
    assert.deepEqual(await cells(7), ["suspected", "", ""]);
    assert.ok((await widthOf("Cache.store")) > (await widthOf("Parser.parse")) * 1.5);
    assert.ok(await page.locator("#timeline canvas").isVisible());
    assert.deepEqual(await legend(), ["8.0 s", "24.9 MiB", "12.9 MiB", "2.0 MiB"]);
  },

  // Suspected leaks stand on top, and lead to where they are.
  async suspects() {
    assert.equal(await page.locator("#suspects").textContent(), "Leaks suspected: Cache.store, 1.3 MiB");
    await page.locator("#suspects button").click();
    assert.equal(await page.locator("#search").inputValue(), "Cache.store");
    assert.match(await page.locator("#details").textContent(), /Cache\.store \/app\/cache\.py:42/);
    assert.equal(await page.locator("#flame g.match").count(), 1);
    assert.ok(await page.locator("#details").evaluate((box) => box.getBoundingClientRect().bottom <= innerHeight + 1)); /* in sight */
  },

  // Nothing is wider than a narrow window, but for tables, which scroll by themselves.
  async narrow() {
    await page.setViewportSize({ width: 400, height: 800 });
    await page.waitForFunction(() => document.querySelector("#flame svg").getBoundingClientRect().width < 400);
    await page.waitForFunction(() => document.querySelector("#timeline canvas").getBoundingClientRect().width < 400);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    const heights = await page.locator("#sites tbody tr").evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().height));
    assert.ok(Math.max(...heights) < 60, heights.join());
  },

  async resident() {
    const rows = await page.locator("#resident tr").evaluateAll((all) =>
      all.map((row) => [...row.cells].map((cell) => cell.textContent.replace(/\s+/g, " "))));
    assert.deepEqual(rows[0], ["part", "at the end, after 0.900 s", "nearest to its peak, after 0.100 s"]);
    const of = (name) => rows.find(([text]) => text === name);
    assert.deepEqual(of("live blocks, obj"), ["live blocks, obj", "0 B 0.0 %", "60.0 MiB 60.0 %"]);
    assert.deepEqual(of("C library's malloc"), ["C library's malloc", "28.0 MiB 70.0 %", "20.0 MiB 20.0 %"]);
    assert.equal(of("shared memory"), undefined);
    assert.deepEqual(rows.at(-1), ["all, by the kernel's count", "40.0 MiB 100.0 %", "100.0 MiB 100.0 %"]);
    const width = (name, at) => page.locator("#resident tr", { hasText: name }).locator(".bar").nth(at).evaluate((bar) => bar.getBoundingClientRect().width);
    assert.ok((await width("C library", 0)) > (await width("C library", 1)) * 3);
    assert.equal(await width("live blocks, obj", 0), 0);
    const threads = await page.locator("#thread option").allTextContents();
    assert.deepEqual(threads, ["all", "all, by thread", "main", "python3 (4400)", "python3 (4401)"]);
  },

  async zoom() {
    const before = await widthOf("Parser.parse");
    await frame("load").click();
    assert.ok((await widthOf("Parser.parse")) > before * 2);
    assert.deepEqual((await labels()).sort(), ["<module>", "Parser.parse", "all", "load"]);
    assert.match(await page.locator("#details").textContent(), /load.*768\.0 KiB, 37\.4 %/);
    await page.locator("#reset").click();
    assert.equal((await labels()).length, 6);
  },

  async search() {
    await page.locator("#search").fill("CACHE.py");
    await page.waitForFunction(() => document.querySelectorAll("#flame g.match").length === 1);
    assert.equal(await page.locator("#flame g.match").getAttribute("name"), "Cache.store");
    assert.match(await summary(), /"CACHE\.py" is in stacks that hold 1\.3 MiB, 62\.4 %/);
    assert.deepEqual(await cells(8), ["Cache.store"]);
    await page.locator("#search").press("Enter");
    assert.deepEqual(await labels(), ["all", "<module>", "Cache.store"]);
    await page.locator("#search").press("Escape");
    assert.equal(await page.locator("#flame g.match").count(), 0);
    assert.equal((await cells(8)).length, 3);
  },

  async inverted() {
    await page.locator("#inverted").check();
    const all = await labels();
    assert.ok((await frame("Cache.store").boundingBox()).y < (await frame("<module>").boundingBox()).y, all.join());
    assert.equal(all.filter((name) => name === "<module>").length, 2);
    await page.keyboard.press("i");
    assert.equal((await labels()).filter((name) => name === "<module>").length, 1);
  },

  async threads() {
    await page.locator("#thread").selectOption({ label: "worker" });
    assert.equal(await summary(), "1.3 MiB live at the end");
    assert.ok(!(await labels()).includes("load"));
    await page.locator("#thread").selectOption({ label: "all, by thread" });
    const all = await labels();
    assert.ok(all.includes("thread worker") && all.includes("thread main"), all.join());
    await page.locator("#inverted").check();
    assert.ok((await labels()).includes("thread worker"));
    await page.locator("#thread").selectOption({ label: "all" });
    await page.locator("#domain").selectOption("raw");
    assert.equal(await summary(), "4.0 KiB live at the end");
  },

  async moment() {
    await page.locator("#what").selectOption("peak");
    assert.ok((await labels()).includes("work"));
    assert.match(await summary(), /^5\.7 MiB live at the peak/);
    const box = await page.locator("#timeline .u-over").boundingBox();
    await page.mouse.click(box.x + (box.width * 2) / 8, box.y + box.height / 2);
    assert.match(await page.locator("#moment-text").textContent(), /^2\.0 s: 1\.\d MiB live$/);
    assert.match(await summary(), /^1\.\d MiB live at the moment$/);
    assert.equal((await legend())[0], "2.0 s");
    await page.mouse.move(0, 0);
    assert.equal((await legend())[0], "2.0 s"); /* of the chosen moment, when the mouse is gone */
    assert.ok(!(await labels()).includes("work"));
    await page.mouse.click(box.x + (box.width * 4.12) / 8, box.y + box.height / 2);
    assert.ok((await labels()).includes("work"));
    await page.locator("#moment").focus();
    await page.keyboard.press("Home");
    assert.match(await page.locator("#moment-text").textContent(), /^0\.0\d+ s: /);
    assert.ok(!(await labels()).includes("Cache.store"));
    await page.locator("#what").selectOption("allocated");
    assert.match(await summary(), /^6\.3 MiB all that was allocated/);
  },

  async sort() {
    await page.locator("#sites th button", { hasText: "Function" }).click();
    assert.deepEqual(await cells(8), ["<no frame>", "Cache.store", "Parser.parse"]);
    await page.locator("#sites th button", { hasText: "Function" }).click();
    assert.deepEqual(await cells(8), ["Parser.parse", "Cache.store", "<no frame>"]);
    for (const [title, first] of [["Bytes", "Cache.store"], ["Blocks", "Cache.store"], ["Allocated", "Cache.store"], ["Oldest", "Parser.parse"],
      ["Newest", "Parser.parse"], ["Leak", "Cache.store"], ["Share", "Cache.store"]]) {
      await page.locator("#sites th button", { hasText: title }).click();
      assert.equal((await cells(8))[0], first, title);
    }
    await page.locator("#sites th button", { hasText: "File" }).click();
    assert.equal((await cells(8))[0], "<no frame>");
    assert.equal(await page.locator("#sites th").nth(8).getAttribute("aria-sort"), "ascending");
  },

  async keyboard() {
    await page.keyboard.press("/");
    assert.equal(await page.evaluate(() => document.activeElement.id), "search");
    await page.keyboard.type("i[");
    assert.equal(await page.locator("#search").inputValue(), "i[");
    await page.keyboard.press("Escape");
    await page.locator("#flame").focus();
    const isCurrent = (name) => page.waitForFunction( /* a key is answered with the next frame */
      (wanted) => document.querySelector("#flame g.current")?.getAttribute("name") === wanted, name);
    await isCurrent("all");
    await page.keyboard.press("ArrowDown");
    await isCurrent("<module>");
    await page.keyboard.press("ArrowDown");
    await isCurrent("Cache.store");
    await page.waitForTimeout(400); /* the search above is drawn after a pause: the current frame stays */
    await isCurrent("Cache.store");
    await page.keyboard.press("ArrowRight");
    await isCurrent("load");
    await page.keyboard.press("Enter");
    assert.ok(!(await labels()).includes("Cache.store"));
    await isCurrent("load");
    await page.keyboard.press("ArrowUp");
    await isCurrent("<module>");
    await page.keyboard.press("Escape");
    assert.ok((await labels()).includes("Cache.store"));
    await page.keyboard.press("[");
    assert.match(await summary(), /live at the moment/);
    await page.locator("#sites tbody tr").first().focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("#search").inputValue(), "Cache.store");
  },

  async themes() {
    const back = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(await back(), "rgb(255, 255, 255)");
    await page.emulateMedia({ colorScheme: "dark" });
    await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
    assert.equal(await back(), "rgb(21, 24, 28)");
    await page.locator("#theme").selectOption("light");
    assert.equal(await back(), "rgb(255, 255, 255)");
    await page.locator("#theme").selectOption("dark");
    assert.equal(await back(), "rgb(21, 24, 28)");
    await page.locator("#inverted").check();
  },

  // Names of functions, files, threads, the command, a note and a source line that are HTML: all of it stays text.
  async escaped() {
    const evil = "<script>alert(1)</script>";
    assert.equal(await page.locator("h1").textContent(), `python3 ${evil}`);
    assert.ok((await labels()).includes(evil));
    assert.ok((await cells(9)).some((cell) => cell.endsWith("<img src=x onerror=alert(3)>.py:2")), (await cells(9)).join());
    assert.ok((await page.locator("#thread option").allTextContents()).includes("<b>thread</b>"));
    assert.equal(await page.locator("#notes li").textContent(), "</script><script>alert(2)</script><!--");
    await page.locator(`#flame g[name="${evil}"]`).last().click();
    assert.ok((await page.locator("#details").textContent()).includes("</pre><script>alert(5)</script>"));
    await frame(evil).hover();
    assert.equal(await page.locator("script").count(), 3);
    assert.equal(await page.locator("img, b, iframe").count(), 0);
  },

  async source() {
    await frame("work").click();
    const here = page.locator("#details .line.here");
    assert.equal(await here.count(), 1);
    assert.match(await here.textContent(), /^3\s*data = bytes\(100\) {2}# the line$/);
    assert.equal(await page.locator("#details .line").count(), 6);
  },

  async base() {
    assert.match(await summary(), /more than in the base$/);
    assert.ok(!(await labels()).includes("gone"));
    await page.locator("#what").selectOption("less");
    assert.ok((await labels()).includes("gone"));
    assert.equal(await summary(), "488.3 KiB less than in the base");
  },

  async chance() {
    const left = "left out: +0 B in 2 sites with too few samples to tell it from chance";
    assert.equal(await summary(), `15.0 MiB more than in the base; ${left}`);
    assert.deepEqual((await labels()).filter((label) => /few|many/.test(label)), ["many"]);
    assert.deepEqual((await cells(8)), ["many"]);
    await page.locator("#what").selectOption("less");
    assert.equal(await summary(), `0 B less than in the base; ${left}`);
    await page.locator("#what").selectOption("end");
    assert.equal(await summary(), "32.0 MiB live at the end");
    assert.equal((await cells(8)).length, 3);
  },

  async empty() {
    assert.equal(await page.locator("#flame .empty").textContent(), "Nothing is here.");
    assert.equal((await cells(8)).length, 0);
    assert.equal(await page.locator("#suspects").textContent(), "Leaks suspected: none");
  },

  // 100,000 sites: loads, answers, and keeps the number of elements small.
  async large() {
    const elements = () => page.evaluate(() => document.querySelectorAll("*").length);
    assert.ok((await elements()) < 20000, String(await elements()));
    const took = async (action) => {
      const start = Date.now();
      await action();
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      return Date.now() - start;
    };
    const times = {
      invert: await took(() => page.locator("#inverted").check()),
      back: await took(() => page.locator("#inverted").uncheck()),
      moment: await took(() => page.keyboard.press("[")),
      zoom: await took(() => page.locator("#flame g").nth(2).click()),
      search: await took(() => page.locator("#search").fill("f99999")),
    };
    console.log(JSON.stringify(times));
    for (const [name, time] of Object.entries(times)) assert.ok(time < 30000, `${name}: ${time} ms`);
    await page.waitForFunction(() => document.querySelectorAll("#sites tbody tr").length === 1);
    assert.match(await page.locator("#more").textContent(), /Show more/);
    assert.ok((await elements()) < 20000);
    assert.equal(await frame("f99999").count(), 0); /* too small to be drawn, until one goes there */
    await page.locator("#sites tbody tr").click();
    assert.ok((await widthOf("f99999")) > 1000);
    await page.locator("#inverted").check();
    await page.locator("#search").fill("f12345");
    await page.locator("#search").press("Enter");
    assert.ok((await widthOf("f12345")) > 1000);
  },

  async deep() {
    const all = await labels();
    assert.ok(all.length > 100 && all.length < 400, String(all.length));
    assert.ok(all.includes("(deeper)"));
    await page.locator("#flame").focus();
    for (let step = 0; step < 150; step++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    assert.ok((await labels()).length > 300);
  },
};

let status = 0;
for (const name of names.split(",")) {
  try {
    await open();
    await checks[name]();
    assert.deepEqual(troubles, []);
  } catch (error) {
    status = 1;
    console.log(`${name}: ${error.stack}`, troubles);
  }
  if (pictures) await page.screenshot({ path: `${pictures}/${name}.png` });
  await page.context().close();
}
await browser.close();
process.exit(status);
