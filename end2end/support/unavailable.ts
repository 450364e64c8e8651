import type { Service } from "./sandbox";
import { freePort } from "./server";
import { ACTS, TITLES, ask, bringTo, serviceOf } from "./steps";
import { expect, test } from "./test";

/** Tests of a desk whose address for `service` is a closed port, while the other services answer. For a whole file. */
export function whereUnavailable(service: Service): void {
  test.use({
    settings: [
      async ({}, use) => {
        const gone = `https://localhost:${await freePort()}`;
        await use({ [`CENTRALINO__SISTEMA_TS__${service.toUpperCase()}_PATH`]: gone });
      },
      { scope: "worker" },
    ],
  });

  for (const act of ACTS.filter((act) => serviceOf(act) === service)) {
    test(`${act}: nothing was sent, and it may be repeated`, async ({ openCase, sandbox, inspect }) => {
      await bringTo(act, openCase, sandbox);
      await ask(act, openCase, sandbox);
      await expect(openCase.outcome(TITLES[act].notSent)).toBeVisible();
      await expect(openCase.decision).toHaveCount(0);
      await inspect(`case-not-sent-${act}`);
      await ask(act, openCase, sandbox);
      await expect(openCase.outcome(TITLES[act].notSent)).toBeVisible();
      await openCase.closed();
    });
  }
}
