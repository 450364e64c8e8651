import { freePort } from "../support/server";
import { TITLES, ask, bringTo } from "../support/steps";
import { expect, test } from "../support/test";

// Each of the three has its own address: the last two of a call are closed ports here.
test.use({
  settings: [
    async ({}, use) => {
      const gone = `https://localhost:${await freePort()}`;
      await use({ CENTRALINO__SISTEMA_TS__UNLOCK_PATH: gone, CENTRALINO__SISTEMA_TS__CONFIRM_PATH: gone });
    },
    { scope: "worker" },
  ],
});

test("unlock: nothing was sent, and it may be repeated", async ({ openCase, sandbox, inspect }) => {
  await bringTo("unlock", openCase, sandbox);
  await ask("unlock", openCase, sandbox);
  await expect(openCase.outcome(TITLES.unlock.notSent)).toBeVisible();
  await expect(openCase.decision).toHaveCount(0);
  await inspect("case-not-sent-unlock");
  await ask("unlock", openCase, sandbox);
  await expect(openCase.outcome(TITLES.unlock.notSent)).toBeVisible();
});
