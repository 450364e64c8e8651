import { daysAgo, shown } from "../support/dates";
import { ACTS, TITLES, ask, bringTo, serviceOf } from "../support/steps";
import { expect, test } from "../support/test";

test.describe("what becomes of a request", () => {
  for (const act of ACTS) {
    const titles = TITLES[act];
    const service = serviceOf(act);

    test(`${act}: done`, async ({ openCase, sandbox }) => {
      await bringTo(act, openCase, sandbox);
      await ask(act, openCase, sandbox);
      await expect(openCase.outcome(titles.done)).toContainText("TX");
    });

    test(`${act}: refused, corrected and repeated`, async ({ openCase, sandbox, inspect }) => {
      await bringTo(act, openCase, sandbox);
      await sandbox.breakNext(service, "refused");
      await ask(act, openCase, sandbox);
      await expect(openCase.outcome(titles.refused)).toBeVisible();
      await inspect(`case-refused-${act}`);
      await ask(act, openCase, sandbox);
      await expect(openCase.outcome(titles.done)).toBeVisible();
    });

    test(`${act}: uncertain, and repeated only by a second decision @look`, async ({ openCase, sandbox, inspect }) => {
      await bringTo(act, openCase, sandbox);
      const before = await sandbox.callsOf(service);
      await sandbox.breakNext(service, "http_503");
      await ask(act, openCase, sandbox);
      await expect(openCase.outcome(titles.uncertain)).toBeVisible();
      expect(await sandbox.callsOf(service)).toBe(before + 1);
      await inspect(`case-uncertain-${act}`);
      await ask(act, openCase, sandbox);
      await expect(openCase.alert.getByRole("link")).toBeVisible();
      expect(await sandbox.callsOf(service)).toBe(before + 1);
      await openCase.decision.check();
      await ask(act, openCase, sandbox);
      await expect(openCase.outcome(titles.done)).toBeVisible();
      expect(await sandbox.callsOf(service)).toBe(before + 2);
    });

    for (const fault of ["reset_after_reading", "truncated", "unknown_esito", "duplicate_field"]) {
      test(`${act}: ${fault} is uncertain @nojs`, async ({ openCase, sandbox }) => {
        await bringTo(act, openCase, sandbox);
        await sandbox.breakNext(service, fault);
        await ask(act, openCase, sandbox);
        await expect(openCase.outcome(titles.uncertain)).toBeVisible();
      });
    }
  }

  for (const scenario of ["negative", "expired", "used", "unknown", "missing_id", "rejected_by_policy"]) {
    test(`a caller whose CUN is ${scenario} is refused, in words @nojs`, async ({ openCase, sandbox, inspect }) => {
      const caller = await sandbox.newCaller(scenario);
      await openCase.giveCard(caller);
      const card = openCase.outcome(TITLES.verify.refused);
      await expect(card).toBeVisible();
      await expect(card.getByRole("listitem").or(card.locator("p")).first()).not.toBeEmpty();
      await expect(openCase.otp).toHaveCount(0);
      await expect(openCase.card).toHaveValue(/\d/);
      await inspect(`case-refused-${scenario}`);
    });
  }

  test("a warning does not stand in the way", async ({ openCase, sandbox }) => {
    await openCase.verified(await sandbox.newCaller("warning"));
    await openCase.unlocked(await sandbox.newOtp(), shown(daysAgo(2)));
    await openCase.confirm.click();
    await expect(openCase.outcome(TITLES.confirm.done)).toBeVisible();
  });

  test("an OTP that was used before is refused", async ({ openCase, caller, sandbox }) => {
    const otp = await sandbox.newOtp();
    await openCase.verified(caller);
    await openCase.unlocked(otp, shown(daysAgo(2)));
    await openCase.page.getByText("Sblocchi quello nuovo").click();
    await openCase.giveOtp(otp, shown(daysAgo(2)));
    await expect(openCase.outcome(TITLES.unlock.refused)).toBeVisible();
  });
});
