import { expect, test } from "../support/test";

// Time enough to look at the warning, and little to wait for it.
test.use({ settings: { CENTRALINO__SESSION__IDLE: "30", CENTRALINO__SESSION__WARNING: "26" } });

test("the session warns before it locks, and is extended in one action @js", async ({ openCase, inspect }) => {
  const extend = openCase.page.getByRole("button", { name: "Continua a lavorare" });
  await expect(extend).toBeVisible();
  await inspect("session-warning");
  await extend.click();
  await expect(extend).toBeHidden();
  await expect(extend).toBeVisible();
  await expect(openCase.heading).toBeVisible();
});
