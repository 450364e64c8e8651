import type { Page } from "@playwright/test";

import { SignIn } from "../pages/sign-in";
import { daysAgo, shown } from "../support/dates";
import { newOperator } from "../support/quick";
import { expect, test } from "../support/test";

// A session left alone in the middle of a call, with something typed.
test.use({ settings: { CENTRALINO__SESSION__IDLE: "8", CENTRALINO__SESSION__WARNING: "3" } });

/** What somebody sees who passes by, or who lets a program read the page. */
async function seen(page: Page): Promise<string> {
  const fields = await page
    .getByRole("textbox")
    .evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));
  return `${await page.locator("body").innerText()} ${fields.join(" ")}`;
}

test("a page that has locked hides all of it, and the PIN brings it back @js @look", async ({
  openCase,
  operator,
  caller,
  sandbox,
  inspect,
}) => {
  const page = openCase.page;
  await openCase.verified(caller);
  const otp = await sandbox.newOtp();
  await openCase.otp.fill(otp);
  await openCase.onset.fill(shown(daysAgo(2)));
  const typed = await openCase.otp.inputValue();
  const signIn = new SignIn(page);
  await expect(signIn.pinHeading).toBeVisible({ timeout: 20_000 });
  await expect(signIn.pin).toBeFocused();
  await inspect("session-locked");
  for (const secret of [otp, typed, shown(daysAgo(2)), caller.cun]) expect(await seen(page)).not.toContain(secret);
  await expect(page.getByRole("textbox")).toHaveCount(1);
  for (let presses = 0; presses < 8; presses += 1) {
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.closest("main"))).toBeNull();
  }
  await signIn.givePin(operator.authenticator.wrong());
  await expect(signIn.alert.filter({ hasText: "PIN non corretto" })).toBeVisible();
  await expect(signIn.pin).toHaveValue("");
  await inspect("session-locked-refused");
  await signIn.givePin(await operator.authenticator.next());
  await expect(openCase.otp).toHaveValue(typed);
  await expect(openCase.onset).toHaveValue(shown(daysAgo(2)));
  await expect(openCase.onset).toBeFocused();
  await expect(signIn.pinHeading).toHaveCount(0);
  await openCase.unlock.click();
  await expect(openCase.outcome("Codice sbloccato")).toBeVisible();
});

test("a session taken over elsewhere says why, and comes back to who signs in again @js", async ({
  openCase,
  operator,
  browser,
  server,
  context,
  inspect,
}) => {
  const page = openCase.page;
  await openCase.cun.fill("CUN-H17K");
  const typed = await openCase.cun.inputValue();
  const elsewhere = await browser.newContext({ baseURL: server.url });
  await new SignIn(await elsewhere.newPage()).complete(operator, /^Caso/);
  await elsewhere.close();
  await expect(page.getByRole("heading", { level: 1, name: "Sessione interrotta" })).toBeVisible({ timeout: 20_000 });
  await expect(page.locator("body")).toContainText("altro dispositivo");
  await expect(openCase.cun).toBeHidden();
  await inspect("session-over");
  const [tab] = await Promise.all([
    context.waitForEvent("page"),
    page.getByRole("link", { name: "Accedi in un'altra scheda" }).click(),
  ]);
  const signIn = new SignIn(tab);
  await signIn.giveName(operator.username, operator.password);
  await expect(signIn.pinHeading).toBeVisible();
  await signIn.givePin(await operator.authenticator.next());
  await expect(tab.getByRole("heading", { level: 1, name: /^Caso/ })).toBeVisible();
  await page.bringToFront();
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await expect(openCase.cun).toHaveValue(typed);
});

test("a page is left when another operator has signed in @js", async ({ openCase, server, sandbox, context }) => {
  const page = openCase.page;
  await openCase.cun.fill("CUN-H17K");
  await expect(new SignIn(page).pinHeading).toBeVisible({ timeout: 20_000 });
  const other = await newOperator(server, sandbox);
  const tab = await context.newPage();
  await context.clearCookies();
  await new SignIn(tab).complete(other);
  await page.bringToFront();
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await expect(page.getByRole("heading", { level: 1, name: "Sportello" })).toBeVisible();
  await expect(openCase.cun).toHaveCount(0);
});

test("a page that wakes from sleep is covered before the server has answered, and left after half an hour @js", async ({
  openCase,
  caller,
}) => {
  const page = openCase.page;
  await page.clock.install({ time: new Date() });
  await openCase.verified(caller);
  // The server can't be asked: the network is not back yet.
  await page.route("**/session", () => undefined);
  await page.clock.pauseAt(Date.now() + 10 * 60_000);
  await expect(new SignIn(page).pinHeading).toBeVisible();
  await expect(openCase.otp).toBeHidden();
  const another = page.waitForEvent("load");
  await page.clock.fastForward(31 * 60_000);
  await another;
});

test("leaving in one tab leaves the other @js", async ({ openCase, context }) => {
  const other = await context.newPage();
  await other.goto("/cases");
  await other.getByRole("button", { name: "Esci" }).click();
  await expect(new SignIn(other).heading).toBeVisible();
  await openCase.page.bringToFront();
  await openCase.page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await expect(new SignIn(openCase.page).heading).toBeVisible();
});
