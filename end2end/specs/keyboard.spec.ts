import type { Locator, Page } from "@playwright/test";

import { SignIn } from "../pages/sign-in";
import { daysAgo, shown } from "../support/dates";
import { expect, test } from "../support/test";

/** Tabs forward until `target` has the focus; the fields met on the way, by name. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  await expect(target).toBeFocused();
}

test.describe("by keyboard alone", () => {
  test("from signing in to the confirmation", async ({ page, operator, caller, sandbox }) => {
    const keys = page.keyboard;
    const signIn = new SignIn(page);
    await signIn.open();
    await tabTo(page, signIn.username);
    await keys.type(operator.username);
    await keys.press("Tab");
    await keys.type(operator.password);
    await keys.press("Enter");
    await expect(signIn.pinHeading).toBeFocused();
    await tabTo(page, signIn.pin);
    await keys.type(await operator.authenticator.next());
    await keys.press("Enter");
    const callId = page.getByRole("textbox", { name: "Id chiamata" });
    await expect(page.getByRole("heading", { level: 1, name: "Sportello" })).toBeFocused();
    await tabTo(page, callId);
    await keys.type("88213");
    await keys.press("Enter");
    await expect(page.getByRole("heading", { level: 1, name: /^Caso/ })).toBeFocused();
    // The order of dictation: card, CUN, then the button; nothing in between, nothing before.
    await keys.press("Tab");
    await expect(page.getByRole("textbox", { name: "Ultime 8 cifre della tessera sanitaria" })).toBeFocused();
    await keys.type(caller.card);
    await keys.press("Tab");
    await expect(page.getByRole("textbox", { name: "CUN" })).toBeFocused();
    await keys.type(caller.cun);
    await keys.press("Tab");
    await expect(page.getByRole("button", { name: "Verifica positività" })).toBeFocused();
    await keys.press("Enter");
    const otp = page.getByRole("textbox", { name: "Codice OTP" });
    await expect(otp).toBeVisible();
    await keys.press("Tab");
    await expect(otp).toBeFocused();
    await keys.type(await sandbox.newOtp());
    await keys.press("Tab");
    await expect(page.getByRole("textbox", { name: "Data inizio sintomi" })).toBeFocused();
    await keys.type(shown(daysAgo(2)));
    await keys.press("Tab");
    await expect(page.getByLabel(/^Asintomatico/)).toBeFocused();
    await keys.press("Tab");
    await expect(page.getByRole("button", { name: "Sblocca codice" })).toBeFocused();
    await keys.press("Enter");
    const confirm = page.getByRole("button", { name: "Conferma sblocco" });
    await expect(confirm).toBeVisible();
    await keys.press("Tab");
    await expect(confirm).toBeFocused();
    await keys.press("Enter");
    await expect(confirm).toHaveCount(0);
    await expect(page.getByRole("status").filter({ hasText: "Sblocco confermato" })).toBeVisible();
  });

  test("after a refusal the focus is on the summary, whose entries lead to their fields", async ({ openCase }) => {
    const page = openCase.page;
    await openCase.giveCard({ card: "1234567", cun: "CUN-H17KZ6247L" });
    const summary = openCase.alert.first();
    await expect(summary).toBeFocused();
    const entries = summary.getByRole("link");
    await expect(entries).toHaveCount(2);
    await page.keyboard.press("Tab");
    await expect(entries.first()).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(openCase.card).toBeFocused();
    await entries.nth(1).focus();
    await page.keyboard.press("Enter");
    await expect(openCase.cun).toBeFocused();
  });

  test("after a refusal of the service the focus is on its card, which leads to the fields", async ({
    openCase,
    sandbox,
  }) => {
    await openCase.giveCard(await sandbox.newCaller("negative"));
    await expect(openCase.alert).toBeFocused();
    await expect(openCase.page).toHaveTitle(/^Errore:/);
    await openCase.page.keyboard.press("Tab");
    await expect(openCase.alert.getByRole("link").first()).toBeFocused();
    await openCase.page.keyboard.press("Enter");
    await expect(openCase.card).toBeFocused();
  });

  test("a page loaded again has its focus again, wherever a link of it has led @js", async ({ openCase }) => {
    await openCase.giveCard({ card: "1234567", cun: "CUN-H17KZ6247L" });
    await openCase.alert.first().getByRole("link").first().click();
    await expect(openCase.card).toBeFocused();
    await expect(openCase.page).not.toHaveURL(/#/);
    const path = new URL(openCase.page.url()).pathname;
    await openCase.page.goto("/cases");
    await openCase.page.goto(`${path}#nowhere`);
    await expect(openCase.heading).toBeFocused();
    await expect(openCase.page).not.toHaveURL(/#/);
  });

  test("after a page change the focus is on the heading", async ({ openCase, caller, desk }) => {
    await expect(openCase.heading).toBeFocused();
    await openCase.verified(caller);
    await expect(openCase.page.locator("main").locator(":focus")).toHaveCount(1);
    for (const name of ["I miei casi", "Conferma differita"]) {
      await desk.page.getByRole("link", { name }).click();
      await expect(desk.page.getByRole("heading", { level: 1, name })).toBeFocused();
    }
  });

  test("the first stop is the link to the content", async ({ desk }) => {
    await desk.goto();
    // The heading has the focus, so that Tab goes on from there: the first stop is first in the order of the page.
    await expect(desk.page.locator("a, button, input, summary").first()).toHaveText("Vai al contenuto");
    const skip = desk.page.getByRole("link", { name: "Vai al contenuto" });
    await skip.focus();
    await expect(skip).toBeInViewport();
    await desk.page.keyboard.press("Enter");
    await expect(desk.page.locator("#main")).toBeFocused();
  });
});
