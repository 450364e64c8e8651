import { expect, test } from "../support/test";

// Time enough to look at the warning, little to wait for it, and no new one before every tab has asked again (5 s).
test.use({ settings: { CENTRALINO__SESSION__IDLE: "20", CENTRALINO__SESSION__WARNING: "10" } });

test("the session warns before it locks, and is extended in one action @js", async ({ openCase, inspect }) => {
  const extend = openCase.page.getByRole("button", { name: "Continua a lavorare" });
  await expect(extend).toBeVisible({ timeout: 15_000 });
  await inspect("session-warning");
  await openCase.cun.fill("CUN-H17K");
  await extend.click();
  await expect(extend).toBeHidden();
  await expect(openCase.cun).toBeFocused();
  await expect(openCase.page.getByRole("status").filter({ hasText: "La sessione continua." })).toHaveCount(1);
  await expect(extend).toBeVisible({ timeout: 15_000 });
  await expect(openCase.heading).toBeVisible();
});

test("a tab warns no more when another has extended the session @js", async ({ openCase, context }) => {
  const extend = openCase.page.getByRole("button", { name: "Continua a lavorare" });
  await expect(extend).toBeVisible({ timeout: 15_000 });
  const other = await context.newPage();
  await other.goto("/cases");
  const others = other.getByRole("button", { name: "Continua a lavorare" });
  if (await others.isVisible()) await others.click();
  await expect(extend).toBeHidden();
});
