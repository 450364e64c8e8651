import { daysAgo, shown } from "../support/dates";
import { expect, test } from "../support/test";

test.describe("the 150 seconds of an unlocked code", () => {
  test("count down, and are the same after a reload @js", async ({ openCase, caller, sandbox }) => {
    await openCase.verified(caller);
    await openCase.unlocked(await sandbox.newOtp(), shown(daysAgo(2)));
    const first = await openCase.secondsLeft();
    expect(first).toBeGreaterThan(135);
    expect(first).toBeLessThanOrEqual(150);
    await expect.poll(() => openCase.secondsLeft()).toBeLessThan(first - 1);
    const before = await openCase.secondsLeft();
    await openCase.page.reload();
    const after = await openCase.secondsLeft();
    expect(after).toBeLessThanOrEqual(before);
    expect(after).toBeGreaterThan(before - 8);
  });

  test("are counted from the service's own instant, whatever the browser's clock says @js", async ({
    openCase,
    caller,
    sandbox,
  }) => {
    await openCase.page.clock.install({ time: new Date(Date.now() + 3_600_000) });
    await openCase.page.clock.resume();
    await openCase.verified(caller);
    await openCase.unlocked(await sandbox.newOtp(), shown(daysAgo(2)));
    expect(await openCase.secondsLeft()).toBeGreaterThan(130);
  });

  test("end with the sentence for an expired code @js", async ({ openCase, caller, sandbox, inspect }) => {
    await openCase.page.clock.install({ time: new Date() });
    await openCase.page.clock.resume();
    await openCase.verified(caller);
    await openCase.unlocked(await sandbox.newOtp(), shown(daysAgo(2)));
    await expect(openCase.sentence).toHaveText("Tenga aperta la schermata");
    const elapsed = openCase.page.locator("dd", { hasText: /\d{2}:\d{2}$/ });
    await expect(elapsed).toHaveText(/ 00:[0-2]\d$/);
    await openCase.page.clock.fastForward(15_000);
    await expect(openCase.sentence).toHaveText("Ora tocchi Continua");
    await expect(openCase.outcome("Codice sbloccato")).toContainText("Ora tocchi Continua");
    await openCase.page.clock.fastForward(136_000);
    await expect(openCase.sentence).toHaveText("Il codice è scaduto: ne serve uno nuovo");
    await expect(openCase.page.getByText("Ora tocchi Continua")).toHaveCount(0);
    await inspect("case-code-expired");
  });

  test("are told without JavaScript too @nojs", async ({ openCase, caller, sandbox }) => {
    await openCase.verified(caller);
    await openCase.unlocked(await sandbox.newOtp(), shown(daysAgo(2)));
    const lasting =
      /^Tenga aperta la schermata\..* fino alle \d{2}:\d{2}:\d{2}: Ora tocchi Continua\. Dopo: Il codice è scaduto/;
    await expect(openCase.sentence).toHaveText(lasting);
    await expect(openCase.outcome("Codice sbloccato")).toContainText("Dopo: Il codice è scaduto");
    await expect(openCase.page.getByRole("timer")).toHaveText(/fino alle \d{2}:\d{2}:\d{2}$/);
  });
});
