import type { Page } from "@playwright/test";

import { ConfirmPage } from "../pages/confirm";
import type { CasePage } from "../pages/case";
import { OperatorsPage } from "../pages/operators";
import { RegisterPage } from "../pages/register";
import { daysAgo, shown } from "../support/dates";
import type { Caller, Sandbox } from "../support/sandbox";
import { newOperator, signIn } from "../support/quick";
import { ACTS, TITLES, serviceOf } from "../support/steps";
import { expect, test } from "../support/test";
import { Witness } from "../support/witness";

const ONSET = shown(daysAgo(137));

/** A call in which everything that is said is known, so that it can be looked for. */
class Call {
  private constructor(
    readonly page: CasePage,
    readonly caller: Caller,
    readonly otp: string,
  ) {}

  static async of(page: CasePage, sandbox: Sandbox): Promise<Call> {
    return new Call(page, await sandbox.newCaller(), await sandbox.newOtp());
  }

  /** Everything that must be nowhere. */
  get said(): string[] {
    const sampled = shown(new Date(this.caller.sampled_on));
    return [this.caller.card, this.caller.cun, this.caller.cun.slice(4), this.otp, ONSET, sampled];
  }

  async ask(act: (typeof ACTS)[number]): Promise<void> {
    if (act === "verify") await this.page.giveCard(this.caller);
    else if (act === "unlock") await this.page.giveOtp(this.otp, ONSET);
    else if (act === "confirm") await this.page.confirm.click();
    else await this.page.askedToCancel();
  }

  async upTo(act: (typeof ACTS)[number]): Promise<void> {
    if (act !== "verify") await this.page.verified(this.caller);
    if (serviceOf(act) === "confirm") await this.page.unlocked(this.otp, ONSET);
  }
}

const OFFICE = [
  ...["/operators", "/operators/new", "/operators/import", "/profile"],
  ...[
    "/statistics",
    "/statistics?by=hour_of_day",
    "/statistics?by=operator",
    "/statistics?by=queue",
    "/statistics/live",
  ],
];

/** Everything that a supervisor can open, search by what is kept of a case, and take away. */
async function lookAtOffice(page: Page, witness: Witness, kept: string[]): Promise<void> {
  for (const path of OFFICE) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await witness.lookThrough();
  }
  for (const [name, path] of [
    ["Registro accessi", "/registers/access"],
    ["Registro amministrazione", "/registers/admin"],
  ] as const) {
    const register = new RegisterPage(page, name);
    for (const id of kept) {
      await page.goto(path);
      await register.caseOrTransaction.fill(id);
      await register.search();
      await expect(page.getByText(/^Caso [0-9a-f-]{36}, operatore/)).toBeVisible();
      await witness.lookThrough();
    }
    await witness.take(() => register.exportCsv.click());
    await witness.take(() => register.exportProof.click());
  }
  await page.goto("/statistics?by=operator");
  await witness.take(() => page.getByRole("button", { name: "Esporta CSV" }).click());
  await page.goto("/operators");
  await witness.take(() => page.getByRole("button", { name: "Esporta CSV" }).click());
}

test.describe("what the caller says is nowhere in the browser", () => {
  for (const act of ACTS) {
    for (const [outcome, fault] of [
      ["done", null],
      ["refused", "cvc_echo"],
      ["uncertain", "truncated"],
    ] as const) {
      test(`${act}: ${outcome}`, async ({ openCase, sandbox }) => {
        const witness = new Witness(openCase.page);
        const call = await Call.of(openCase, sandbox);
        await call.upTo(act);
        if (fault !== null) await sandbox.breakNext(serviceOf(act), fault);
        await call.ask(act);
        await expect(openCase.outcome(TITLES[act][outcome])).toBeVisible();
        await witness.look();
        await openCase.page.reload();
        await witness.look();
        await openCase.closed();
        await witness.look();
        expect(witness.whereabouts(call.said)).toEqual([]);
      });
    }
  }

  test("nor after what was typed was wrong, nor after signing out", async ({ openCase, sandbox, desk }) => {
    const witness = new Witness(openCase.page);
    const call = await Call.of(openCase, sandbox);
    await openCase.giveCard({ card: call.caller.card, cun: "CUN-H17KZ6247L" });
    await expect(openCase.alert.getByRole("link")).toBeVisible();
    await witness.look();
    await call.upTo("unlock");
    await openCase.giveOtp("59Y5QWWF4W", ONSET);
    await expect(openCase.alert.getByRole("link")).toBeVisible();
    await witness.look();
    await desk.signOut.click();
    await expect(openCase.page.getByRole("heading", { level: 1, name: "Accedi" })).toBeVisible();
    await witness.look();
    expect(witness.whereabouts([...call.said, "H17KZ6247L", "59Y5QWWF4W"])).toEqual([]);
  });

  test("nor in a confirmation outside a call", async ({ desk, sandbox }) => {
    const witness = new Witness(desk.page);
    const { cun } = await sandbox.newCaller();
    const confirm = new ConfirmPage(desk.page);
    await confirm.goto();
    await sandbox.breakNext("confirm", "truncated");
    await confirm.send(cun);
    await expect(confirm.alert.first()).toContainText(/incert/i);
    await witness.look();
    expect(witness.whereabouts([cun, cun.slice(4)])).toEqual([]);
  });

  test("nor in what supervisors see, search and take away @js", async ({ openCase, sandbox, server, browser }) => {
    const call = await Call.of(openCase, sandbox);
    await call.upTo("confirm");
    await call.ask("confirm");
    await expect(openCase.outcome(TITLES.confirm.done)).toBeVisible();
    const id = new URL(openCase.page.url()).pathname.split("/").pop() ?? "";
    const transaction = (await openCase.page.locator(".transaction code").first().textContent()) ?? "";
    const supervisor = await newOperator(server, sandbox, "supervisor");
    const page = await (await browser.newContext({ baseURL: server.url })).newPage();
    await signIn(page.request, server, supervisor);
    const witness = new Witness(page);
    await lookAtOffice(page, witness, [id, transaction]);
    const places = witness.whereabouts([id, supervisor.username]);
    for (const place of [`${id} in page`, `${supervisor.username} in page`, `${supervisor.username} in file`]) {
      expect(places, "what is kept is found").toContain(place);
    }
    // Typed where it does not belong, it stays in its field.
    const register = new RegisterPage(page, "Registro accessi");
    const operators = new OperatorsPage(page);
    for (const said of [call.caller.cun, call.otp, call.caller.card]) {
      await page.goto("/registers/access");
      await register.caseOrTransaction.fill(said);
      await register.actor.fill(said);
      await register.search();
      await expect(register.alert).toBeVisible();
      await witness.look();
      await operators.goto();
      await operators.find(said);
      await witness.look();
    }
    expect(witness.whereabouts(call.said)).toEqual([]);
    await page.context().close();
  });

  test("the search can fail @js", async ({ openCase, sandbox }) => {
    const witness = new Witness(openCase.page);
    const { caller } = await Call.of(openCase, sandbox);
    await openCase.page.evaluate(({ card, cun, sampled_on }) => {
      localStorage.setItem("card", card.slice(0, 4) + " " + card.slice(4));
      sessionStorage.setItem("cun", btoa(`cun=${cun.slice(4)}`));
      history.replaceState({ sampled_on }, "");
    }, caller);
    await witness.look();
    const found = witness.whereabouts([caller.card, caller.cun.slice(4), caller.sampled_on]);
    expect(found.map((one) => one.replace(/ in .*/, "")).sort()).toEqual(
      expect.arrayContaining([caller.card, caller.cun.slice(4), caller.sampled_on].sort()),
    );
  });
});
