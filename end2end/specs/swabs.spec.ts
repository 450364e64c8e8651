import { CancelReportPage, ReportPage } from "../pages/swabs";
import { daysAgo, shown } from "../support/dates";
import { someFiscalCode } from "../support/operator";
import { newOperator, signIn } from "../support/quick";
import { expect, test as base } from "../support/test";
import { Witness } from "../support/witness";

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
    await expect(cancel.cancel).toBeFocused();
    await keys.press("Enter");
    await expect(cancel.question).toBeFocused();
    await expect(page.getByText(patient)).toBeVisible();
    await inspect("swabs-cancel-asked");
    await witness.look();
    await keys.press("Tab");
    await expect(cancel.cancel).toBeFocused();
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
