import type { Typed } from "../pages/counter";
import { DeskPage } from "../pages/desk";
import { CancelReportPage, ReportPage } from "../pages/swabs";
import { daysAgo, shown } from "../support/dates";
import { someFiscalCode } from "../support/operator";
import { newOperator, signIn } from "../support/quick";
import { type Rule, meet } from "../support/rules";
import { expect, test as base } from "../support/test";
import { Witness } from "../support/witness";

const SITE = ["structure", "description"];

/** "Tamponi", with an operator of its queue signed in. */
const test = base.extend<{ report: ReportPage }>({
  report: async ({ server, sandbox, page }, use) => {
    await signIn(page.request, server, await newOperator(server, sandbox, "operator", { queue: "swabs" }));
    const report = new ReportPage(page);
    await report.goto();
    await use(report);
  },
});

test.describe("Tamponi", () => {
  test("a result is reported and cancelled, by keyboard alone, and nothing of the patient stays @look", async ({
    report,
    inspect,
  }) => {
    const [page, keys, witness] = [report.page, report.page.keyboard, new Witness(report.page)];
    const [patient, day, phone] = [someFiscalCode(), shown(daysAgo(3)), "+39 349 1827364"];
    await inspect("swabs");
    await expect(report.heading).toBeFocused();
    await keys.press("Tab");
    await expect(report.structure).toBeFocused();
    for (const typed of ["190-201-123456", "", patient, day]) {
      await keys.type(typed);
      await keys.press("Tab");
    }
    await keys.press("Space");
    await expect(report.positive).toBeChecked();
    await keys.press("Tab");
    await keys.type(phone);
    await keys.press("Tab");
    await expect(report.email).toBeFocused();
    await keys.press("Tab");
    await expect(report.send).toBeFocused();
    await keys.press("Enter");
    await expect(report.status.filter({ hasText: "Esito registrato" })).toBeVisible();
    await expect(report.cun).toHaveText(/^CUN-[A-Z1-9]{10}$/);
    await expect(report.patient).toHaveValue("");
    await expect(report.structure).toHaveValue("190-201-123456");
    await inspect("swabs-done");
    await witness.look();
    const cun = (await report.cun.textContent()) ?? "";

    const cancel = new CancelReportPage(page);
    await cancel.goto();
    await expect(cancel.structure).toHaveValue("190-201-123456");
    await cancel.patient.fill(patient);
    await keys.press("Tab");
    await expect(cancel.cun).toBeFocused();
    await keys.type(cun);
    await keys.press("Tab");
    await expect(cancel.send).toBeFocused();
    await keys.press("Enter");
    await expect(cancel.question).toBeFocused();
    await expect(page.getByText(patient)).toBeVisible();
    await inspect("swabs-cancel-asked");
    await witness.look();
    await keys.press("Tab");
    await expect(cancel.send).toBeFocused();
    await keys.press("Enter");
    await expect(cancel.status.filter({ hasText: "Esito annullato" })).toBeVisible();
    await expect(page.getByText(cun)).toHaveCount(0);
    await inspect("swabs-cancelled");
    await witness.look();
    expect(witness.whereabouts([patient, day, phone, cun, cun.slice(4)])).toEqual([]);
  });

  test("mistakes are told all at once, and lead to their fields @look", async ({ report, inspect }) => {
    await report.description.fill("Drive-in Area Nord");
    await report.structure.fill("190-201-123456");
    await report.sampledOn.fill(shown(daysAgo(-1)));
    await report.send.click();
    await expect(report.alert.first()).toBeFocused();
    const entries = report.alert.first().getByRole("link");
    await expect(entries).toHaveCount(5);
    await inspect("swabs-refused");
    await entries.last().click();
    await expect(report.positive).toBeFocused();
  });

  test("each rule of the form is told at its fields", async ({ report, sandbox }) => {
    const before = await sandbox.callsOf("swab_report");
    const typed: Typed = {
      description: "Drive-in",
      patient: someFiscalCode(),
      sampled_on: shown(daysAgo(1)),
      result: "P",
    };
    const row = (rule: string, others: Typed, said: string, leads: string[]): Rule => {
      return { rule, typed: { ...typed, ...others }, said, leads };
    };
    await meet(report, [
      // What is chosen stays chosen.
      row("T4", { result: "" }, "Manca l'esito", ["result"]),
      row("T2", { description: "" }, "Manca la struttura", SITE),
      row("T2", { structure: "190-201-123456" }, "indicata due volte", SITE),
      row("T3", { description: "à".repeat(257) }, "257 caratteri", ["description"]),
      row("T4", { patient: "" }, "Manca il codice fiscale", ["patient"]),
      row("T4", { sampled_on: "" }, "Manca la data del prelievo", ["sampled_on"]),
      row("T6", { phone: "333 0000000", email: "a@esempio.it" }, "I contatti sono due", ["phone", "email"]),
    ]);
    expect(await sandbox.callsOf("swab_report")).toBe(before);
    const fitting: Typed[] = [{ description: "à".repeat(256) }, { phone: "333 0000000" }, { email: "a@esempio.it" }];
    for (const others of fitting) {
      await report.ask({ ...typed, ...others });
      await expect(report.cun).toHaveText(/^CUN-[A-Z1-9]{10}$/);
    }
  });

  test("each code of a refusal leads to what it is about @js", async ({ report, sandbox, page }) => {
    const [patient, cancel] = [someFiscalCode(), new CancelReportPage(page)];
    const refused = (service: "swab_report" | "swab_cancel", typed: Typed, codes: Record<string, string[]>): Rule[] =>
      Object.entries(codes).map(([code, leads]) => {
        const first = async (): Promise<void> => sandbox.refuseNext(service, code);
        return { rule: code, typed, said: `${code} SANDBOX: `, leads, first };
      });
    const reported = { structure: "190-201-123456", patient, sampled_on: shown(daysAgo(1)), result: "P" };
    const codes = {
      9001: [],
      9002: [],
      9011: ["structure"],
      9013: ["patient", "sampled_on", "result"],
      9014: ["result"],
      9015: ["phone", "email"],
      9016: ["sampled_on"],
      9099: ["structure", "patient", "sampled_on", "result"],
    };
    await meet(report, refused("swab_report", reported, codes));
    await cancel.goto();
    const taken = { description: "Drive-in", patient, cun: "CUN-7SWLFKFIAX" };
    const ofCancel = { 9012: ["description"], 9030: ["patient", "cun"], 9031: ["cun"], 9001: [] };
    await meet(cancel, refused("swab_cancel", taken, ofCancel));
  });

  test("a CUN unlocks if its test is positive, not cancelled, and nobody else's @js", async ({
    report,
    sandbox,
    server,
    browser,
    page,
  }) => {
    const patient = someFiscalCode();
    const typed = { description: "Drive-in", patient, sampled_on: shown(daysAgo(1)) };
    const reported = async (result: string): Promise<string> => {
      await report.ask({ ...typed, result });
      return (await report.cun.textContent()) ?? "";
    };
    const [negative, positive, gone] = [await reported("N"), await reported("P"), await reported("P")];
    expect(new Set([negative, positive, gone]).size, "T7").toBe(3);
    const cancel = new CancelReportPage(page);
    await cancel.goto();
    const taken = { description: "Drive-in", patient, cun: gone };
    await meet(cancel, [
      {
        rule: "T10",
        typed: { ...taken, patient: someFiscalCode() },
        said: "9030 SANDBOX: ",
        leads: ["patient", "cun"],
      },
    ]);
    await cancel.ask(taken);
    await expect(cancel.status.first()).toContainText("Esito annullato");
    await meet(cancel, [{ rule: "T10", typed: taken, said: "9031 SANDBOX: ", leads: ["cun"] }]);

    const context = await browser.newContext({ baseURL: server.url });
    await signIn(context.request, server, await newOperator(server, sandbox));
    const desk = new DeskPage(await context.newPage());
    await desk.goto();
    const call = await desk.openCase("88213");
    const card = await sandbox.cardOf(patient);
    for (const [cun, said] of [
      [negative, "9023 SANDBOX: "],
      [gone, "9020 SANDBOX: "],
    ] as const) {
      await call.giveCard({ card, cun });
      await expect(call.alert).toContainText(said);
    }
    await call.giveCard({ card, cun: positive });
    await expect(call.otp).toBeVisible();
    await context.close();
  });

  test("a CUN that can't be right is not shown, and the report is not repeated unasked @look", async ({
    report,
    sandbox,
    inspect,
  }) => {
    const before = await sandbox.callsOf("swab_report");
    await sandbox.breakNext("swab_report", "wrong_cun");
    await report.description.fill("Drive-in Area Nord");
    await report.patient.fill(someFiscalCode());
    await report.sampledOn.fill(shown(daysAgo(1)));
    await report.positive.check();
    await report.send.click();
    await expect(report.alert).toContainText("non lo comunichi a nessuno");
    await expect(report.cun).toHaveCount(0);
    await inspect("swabs-wrong-cun");
    await report.send.click();
    await expect(report.alert.getByRole("link")).toContainText("può essere già riuscita");
    expect(await sandbox.callsOf("swab_report")).toBe(before + 1);
    await report.decision.check();
    await report.send.click();
    await expect(report.cun).toHaveText(/^CUN-/);
  });
});
