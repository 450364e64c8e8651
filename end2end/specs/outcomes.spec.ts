import type { CasePage } from "../pages/case";
import { daysAgo, shown } from "../support/dates";
import type { Sandbox, Service } from "../support/sandbox";
import { freePort } from "../support/server";
import { expect, test } from "../support/test";

/** The title of the card of each outcome, by service. */
const TITLES = {
  verify: {
    done: "Positività verificata",
    refused: "Verifica non accettata",
    uncertain: "Esito della verifica incerto",
    notSent: "Verifica non inviata",
  },
  unlock: {
    done: "Codice sbloccato",
    refused: "Sblocco non accettato",
    uncertain: "Esito dello sblocco incerto",
    notSent: "Sblocco non inviato",
  },
  confirm: {
    done: "Sblocco confermato",
    refused: "Conferma non accettata",
    uncertain: "Esito della conferma incerto",
    notSent: "Conferma non inviata",
  },
} as const;
const SERVICES = ["verify", "unlock", "confirm"] as const;

/** Fills in what `service` needs, and asks for it. */
async function ask(service: Service, opened: CasePage, sandbox: Sandbox): Promise<void> {
  if (service === "verify") await opened.giveCard(await sandbox.newCaller());
  else if (service === "unlock") await opened.giveOtp(await sandbox.newOtp(), shown(daysAgo(2)));
  else await opened.confirm.click();
}

/** Brings a case to where `service` is next. */
async function bringTo(service: Service, opened: CasePage, sandbox: Sandbox): Promise<void> {
  if (service !== "verify") await opened.verified(await sandbox.newCaller());
  if (service === "confirm") await opened.unlocked(await sandbox.newOtp(), shown(daysAgo(2)));
}

test.describe("what becomes of a request", () => {
  for (const service of SERVICES) {
    const titles = TITLES[service];

    test(`${service}: done @look`, async ({ openCase, sandbox }) => {
      await bringTo(service, openCase, sandbox);
      await ask(service, openCase, sandbox);
      await expect(openCase.outcome(titles.done)).toContainText("TX");
    });

    test(`${service}: refused, corrected and repeated`, async ({ openCase, sandbox, inspect }) => {
      await bringTo(service, openCase, sandbox);
      await sandbox.breakNext(service, "refused");
      await ask(service, openCase, sandbox);
      await expect(openCase.outcome(titles.refused)).toBeVisible();
      await inspect(`case-refused-${service}`);
      await ask(service, openCase, sandbox);
      await expect(openCase.outcome(titles.done)).toBeVisible();
    });

    test(`${service}: uncertain, and repeated only by a second decision @look`, async ({
      openCase,
      sandbox,
      inspect,
    }) => {
      await bringTo(service, openCase, sandbox);
      const before = await sandbox.callsOf(service);
      await sandbox.breakNext(service, "http_503");
      await ask(service, openCase, sandbox);
      await expect(openCase.outcome(titles.uncertain)).toBeVisible();
      expect(await sandbox.callsOf(service)).toBe(before + 1);
      await inspect(`case-uncertain-${service}`);
      await ask(service, openCase, sandbox);
      await expect(openCase.alert.getByRole("link")).toBeVisible();
      expect(await sandbox.callsOf(service)).toBe(before + 1);
      await openCase.decision.check();
      await ask(service, openCase, sandbox);
      await expect(openCase.outcome(titles.done)).toBeVisible();
      expect(await sandbox.callsOf(service)).toBe(before + 2);
    });

    for (const fault of ["reset_after_reading", "truncated", "unknown_esito", "duplicate_field"]) {
      test(`${service}: ${fault} is uncertain`, async ({ openCase, sandbox }) => {
        await bringTo(service, openCase, sandbox);
        await sandbox.breakNext(service, fault);
        await ask(service, openCase, sandbox);
        await expect(openCase.outcome(titles.uncertain)).toBeVisible();
      });
    }
  }

  for (const scenario of ["negative", "expired", "used", "unknown", "missing_id", "rejected_by_policy"]) {
    test(`a caller whose CUN is ${scenario} is refused, in words`, async ({ openCase, sandbox, inspect }) => {
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

test.describe("services that are not there", () => {
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
});
