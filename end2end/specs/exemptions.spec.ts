import { ExemptionsPage } from "../pages/exemptions";
import { daysAgo, shown } from "../support/dates";
import { someFiscalCode } from "../support/operator";
import { newOperator, signIn } from "../support/quick";
import { expect, test as base } from "../support/test";
import { Witness } from "../support/witness";

/** "Esenzioni", with an operator of its queue signed in. */
const test = base.extend<{ exemptions: ExemptionsPage }>({
  exemptions: async ({ server, sandbox, page }, use) => {
    await signIn(page.request, server, await newOperator(server, sandbox, "operator", { queue: "exemptions" }));
    const exemptions = new ExemptionsPage(page);
    await exemptions.goto();
    await use(exemptions);
  },
});

/** yyyy-mm-dd, as the sandbox takes it. */
function iso(day: Date): string {
  return shown(day).split("/").reverse().join("-");
}

test.describe("Esenzioni", () => {
  test("a certification is closed by keyboard alone, after a question, and nothing of the patient stays @look", async ({
    exemptions,
    sandbox,
    inspect,
  }) => {
    const [keys, witness, patient] = [exemptions.page.keyboard, new Witness(exemptions.page), someFiscalCode()];
    const [from, until] = [daysAgo(40), daysAgo(-300)];
    await sandbox.newCertification(patient, "E02", iso(from), iso(until));
    await inspect("exemptions");
    await expect(exemptions.heading).toBeFocused();
    await keys.press("Tab");
    await expect(exemptions.code).toBeFocused();
    for (const typed of ["e02", shown(from), patient]) {
      await keys.type(typed);
      await keys.press("Tab");
    }
    await expect(exemptions.close).toBeFocused();
    await keys.press("Enter");
    await expect(exemptions.question).toBeFocused();
    await expect(exemptions.page.getByText(patient)).toBeVisible();
    await inspect("exemptions-asked");
    await witness.look();
    await keys.press("Tab");
    await expect(exemptions.close).toBeFocused();
    await keys.press("Enter");
    const done = exemptions.status.filter({ hasText: "Certificazione chiusa" });
    await expect(done).toBeVisible();
    await expect(exemptions.page.getByText(shown(until))).toBeVisible();
    await expect(exemptions.patient).toHaveValue("");
    await inspect("exemptions-done");
    await witness.look();
    expect(witness.whereabouts([patient, shown(from), iso(from)])).toEqual([]);
  });

  test("one that is not there is refused in words, with the next step, and what was typed stays @look", async ({
    exemptions,
    inspect,
  }) => {
    const patient = someFiscalCode();
    await exemptions.code.fill("E01");
    await exemptions.validFrom.fill("1/4/22");
    await exemptions.patient.fill(patient);
    await exemptions.close.click();
    await exemptions.back.click();
    await expect(exemptions.validFrom).toHaveValue("1/4/22");
    await exemptions.close.click();
    await exemptions.close.click();
    await expect(exemptions.alert).toContainText("7470");
    await expect(exemptions.page).toHaveTitle(/^Errore:/);
    await expect(exemptions.patient).toHaveValue(patient);
    await inspect("exemptions-refused");
  });
});
