/*
 * How soon a list of swab tests can be worked in, for `make bench`: address, user name, PIN, description of the
 * structure. Prints what Chromium says of each of five lists, in milliseconds from the click, as JSON.
 */
import { existsSync } from "node:fs";

import { chromium } from "@playwright/test";

const [address, username, pin, description] = process.argv.slice(2);
const installed = process.env.CENTRALINO_CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({
  ...(existsSync(installed) ? { executablePath: installed } : {}),
  args: ["--no-sandbox", "--disable-gpu"],
});
const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
for (const [path, form] of [
  ["/login", { username, password: "sette nani e mezzo" }],
  ["/login/pin", { pin }],
]) {
  const answer = await page.request.post(address + path, { headers: { origin: address }, form });
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()}`);
}
// Once the islands live, with the first copy button, and the browser has nothing else to do.
await page.addInitScript(() => {
  const look = () => {
    if (document.querySelector("#swab-list button.copy") === null) requestAnimationFrame(look);
    else requestIdleCallback(() => (window.interactiveAt = performance.now()));
  };
  document.addEventListener("DOMContentLoaded", look);
});
const seen = [];
// The first warms the browser's caches.
for (let round = 0; round <= 5; round += 1) {
  await page.goto(`${address}/swabs/list`);
  await page.locator("#description").fill(description);
  await page.locator("form#page-form button[type=submit]").first().click();
  await page.waitForFunction(() => window.interactiveAt !== undefined);
  const times = await page.evaluate(async () => {
    const [navigation] = performance.getEntriesByType("navigation");
    const summaries = document.querySelectorAll("#swab-list summary");
    const before = performance.now();
    summaries[summaries.length - 1].click();
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const last_group = performance.now() - before;
    return { first_byte: navigation.responseStart, interactive: window.interactiveAt, last_group };
  });
  if (round > 0) seen.push(times);
}
console.log(JSON.stringify(seen));
await browser.close();
