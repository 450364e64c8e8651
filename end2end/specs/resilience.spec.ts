import type { CasePage } from "../pages/case";
import { daysAgo, shown } from "../support/dates";
import type { Sandbox } from "../support/sandbox";
import { expect, test } from "../support/test";

/** The steps, each with what brings the case to it and what asks for it. */
const steps = [
  {
    service: "verify" as const,
    prepare: async (): Promise<void> => {},
    fill: async (opened: CasePage, sandbox: Sandbox): Promise<void> => {
      const caller = await sandbox.newCaller();
      await opened.card.fill(caller.card);
      await opened.cun.fill(caller.cun);
    },
    button: (opened: CasePage) => opened.verify,
    after: (opened: CasePage) => opened.otp,
  },
  {
    service: "unlock" as const,
    prepare: async (opened: CasePage, sandbox: Sandbox): Promise<void> => opened.verified(await sandbox.newCaller()),
    fill: async (opened: CasePage, sandbox: Sandbox): Promise<void> => {
      await opened.otp.fill(await sandbox.newOtp());
      await opened.onset.fill(shown(daysAgo(2)));
    },
    button: (opened: CasePage) => opened.unlock,
    after: (opened: CasePage) => opened.confirm,
  },
  {
    service: "confirm" as const,
    prepare: async (opened: CasePage, sandbox: Sandbox): Promise<void> => {
      await opened.verified(await sandbox.newCaller());
      await opened.unlocked(await sandbox.newOtp(), shown(daysAgo(2)));
    },
    fill: async (): Promise<void> => {},
    button: (opened: CasePage) => opened.confirm,
    after: (opened: CasePage) => opened.outcome("Sblocco confermato"),
  },
];

for (const { service, prepare, fill, button, after } of steps) {
  test.describe(`${service} reaches the service once`, () => {
    test("however often the button is clicked", async ({ openCase, sandbox }) => {
      await prepare(openCase, sandbox);
      await fill(openCase, sandbox);
      const before = await sandbox.callsOf(service);
      await sandbox.breakNext(service, "slow");
      await button(openCase).dblclick({ noWaitAfter: true });
      await expect(after(openCase)).toBeVisible({ timeout: 20_000 });
      expect(await sandbox.callsOf(service)).toBe(before + 1);
    });

    test("when Enter is pressed twice", async ({ openCase, sandbox }) => {
      await prepare(openCase, sandbox);
      await fill(openCase, sandbox);
      const before = await sandbox.callsOf(service);
      await sandbox.breakNext(service, "slow");
      await button(openCase).focus();
      await Promise.all([openCase.page.keyboard.press("Enter"), openCase.page.keyboard.press("Enter")]);
      await expect(after(openCase)).toBeVisible({ timeout: 20_000 });
      expect(await sandbox.callsOf(service)).toBe(before + 1);
    });

    test("when the page is reloaded after it", async ({ openCase, sandbox }) => {
      await prepare(openCase, sandbox);
      await fill(openCase, sandbox);
      const before = await sandbox.callsOf(service);
      await button(openCase).click();
      await expect(after(openCase)).toBeVisible();
      await openCase.page.reload();
      await expect(after(openCase)).toBeVisible();
      expect(await sandbox.callsOf(service)).toBe(before + 1);
    });

    test("when one goes back and sends the form again", async ({ openCase, sandbox }) => {
      await prepare(openCase, sandbox);
      await fill(openCase, sandbox);
      const before = await sandbox.callsOf(service);
      await button(openCase).click();
      await expect(after(openCase)).toBeVisible();
      await openCase.page.goBack();
      // What the browser shows may be the desk or the form as it was; sending it must do no harm.
      if (await button(openCase).isVisible()) {
        await fill(openCase, sandbox);
        await button(openCase).click();
      }
      await openCase.page.goto(openCase.page.url());
      expect(await sandbox.callsOf(service)).toBe(before + 1);
    });
  });
}

test("two tabs of one case: the second click does no harm", async ({ openCase, caller, sandbox, context }) => {
  await openCase.verified(caller);
  const other = await context.newPage();
  await other.goto(openCase.page.url());
  await openCase.unlocked(await sandbox.newOtp(), shown(daysAgo(2)));
  const before = await sandbox.callsOf("unlock");
  await other.getByRole("textbox", { name: "Codice OTP" }).fill(await sandbox.newOtp());
  await other.getByRole("textbox", { name: "Data inizio sintomi" }).fill(shown(daysAgo(2)));
  await other.getByRole("button", { name: "Sblocca codice" }).click();
  await expect(other.getByRole("heading", { level: 1, name: /^Caso/ })).toBeVisible();
  expect(await sandbox.callsOf("unlock")).toBeLessThanOrEqual(before + 1);
  await openCase.page.reload();
  await expect(openCase.confirm).toBeVisible();
});

test("a page that was shown before the case was closed does no harm", async ({
  openCase,
  caller,
  sandbox,
  context,
}) => {
  const stale = await context.newPage();
  await stale.goto(openCase.page.url());
  await openCase.closed();
  const before = await sandbox.callsOf("verify");
  await stale.getByRole("textbox", { name: "Ultime 8 cifre della tessera sanitaria" }).fill(caller.card);
  await stale.getByRole("textbox", { name: "CUN" }).fill(caller.cun);
  await stale.getByRole("button", { name: "Verifica positività" }).click();
  await expect(stale.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(stale.getByRole("textbox", { name: "Codice OTP" })).toHaveCount(0);
  expect(await sandbox.callsOf("verify")).toBe(before);
});
