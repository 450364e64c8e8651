import { join } from "node:path";

import AxeBuilder from "@axe-core/playwright";
import { type Browser, type Page, type TestInfo, expect } from "@playwright/test";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** A picture for people to look through, and no violation of WCAG 2.2 AA. */
export async function inspectPage(page: Page, name: string, info: TestInfo): Promise<void> {
  const path = join(__dirname, "..", "screenshots", info.project.name, `${name}.png`);
  await page.screenshot({ path, fullPage: true, animations: "disabled" });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect.soft(overflow, `${name}: pixels to scroll sideways`).toBeLessThanOrEqual(0);
  if (info.project.use.javaScriptEnabled === false) await audited(page, (copy) => audit(copy, name));
  else await audit(page, name);
}

async function audit(page: Page, name: string): Promise<void> {
  // No page has frames. For pages that have, axe would open another page to put the findings together, each time.
  const found = await new AxeBuilder({ page }).withTags(RULES).setLegacyMode().analyze();
  const violations = found.violations.map(({ id, help, nodes }) => ({ id, help, at: nodes.map((node) => node.html) }));
  expect.soft(violations, `${name}: violations found by axe`).toEqual([]);
}

/** axe is JavaScript: a page that may run none is shown again, as it stands, where it may. */
async function audited(page: Page, look: (copy: Page) => Promise<void>): Promise<void> {
  const browser = page.context().browser() as Browser;
  const context = await browser.newContext({ javaScriptEnabled: true, viewport: page.viewportSize() });
  try {
    const copy = await context.newPage();
    const body = await page.content();
    await copy.route(page.url(), (route) => route.fulfill({ body, contentType: "text/html; charset=utf-8" }));
    await copy.route(/\.(js|wasm)$/, (route) => route.abort());
    await copy.goto(page.url());
    await look(copy);
  } finally {
    await context.close();
  }
}
