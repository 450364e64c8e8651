import type { Typed } from "../pages/counter";
import { ExemptionsPage } from "../pages/exemptions";
import { daysAgo, shown } from "../support/dates";
import { someFiscalCode } from "../support/operator";
import { newOperator, signIn } from "../support/quick";
import { type Rule, meet } from "../support/rules";
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
    await expect(exemptions.send).toBeFocused();
    await keys.press("Enter");
    await expect(exemptions.question).toBeFocused();
    await expect(exemptions.page.getByText(patient)).toBeVisible();
    await inspect("exemptions-asked");
    await witness.look();
    await keys.press("Tab");
    await expect(exemptions.send).toBeFocused();
    await keys.press("Enter");
    const done = exemptions.status.filter({ hasText: "Certificazione chiusa" });
    await expect(done).toBeVisible();
    await expect(exemptions.page.getByText(shown(until))).toBeVisible();
    await expect(exemptions.patient).toHaveValue("");
    await inspect("exemptions-done");
    await witness.look();
    expect(witness.whereabouts([patient, shown(from), iso(from)])).toEqual([]);
  });

  test("each code is told with its meaning, and where it belongs @js", async ({ exemptions, sandbox }) => {
    const all = ["exemption", "valid_from", "patient"];
    const typed = (): Typed => ({ exemption: "E02", valid_from: "01/04/2021", patient: someFiscalCode() });
    const answered = (code: string, said: string, leads: string[]): Rule => {
      const first = async (): Promise<void> => sandbox.answerNext("exemption_close", code);
      return { rule: code, typed: typed(), said: `Codice ${code}: ${said}`, leads, first };
    };
    await meet(exemptions, [
      {
        rule: "D3",
        typed: { ...typed(), exemption: "" },
        said: "Manca il codice dell'esenzione",
        leads: ["exemption"],
      },
      { rule: "D3", typed: { ...typed(), valid_from: "31/02/2021" }, said: "non esiste", leads: ["valid_from"] },
      { rule: "D3", typed: { ...typed(), patient: "" }, said: "Manca il codice fiscale", leads: ["patient"] },
      answered("7460", "manca il codice utente", []),
      answered("7461", "manca il codice dell'esenzione", ["exemption"]),
      answered("7462", "manca il token", []),
      answered("7463", "manca il codice fiscale", ["patient"]),
      answered("7464", "il token dell'utente non ha la forma giusta", []),
      answered("7465", "manca la data", ["valid_from"]),
      answered("7466", "la data di inizio validità non è una data", ["valid_from"]),
      answered("7467", "Sistema TS non trova i dati", all),
      answered("7470", "non c'è una certificazione da chiudere", all),
      answered("7485", "Sistema TS non conosce l'utente", []),
      answered("7486", "l'utente non è autorizzato", []),
      answered("7487", "la regione dell'utente", []),
      answered("7488", "la ASL dell'utente", []),
      answered("7450", "Sistema TS ha avuto un errore suo", ["repeat"]),
      answered("7451", "Sistema TS ha avuto un errore suo", ["repeat"]),
    ]);
    await sandbox.answerNext("exemption_close", "7499");
    await exemptions.ask(typed());
    await expect(exemptions.status.first()).toContainText("Certificazione chiusa");
  });

  test("one that is not there is refused in words, with the next step, and what was typed stays @look", async ({
    exemptions,
    inspect,
  }) => {
    const patient = someFiscalCode();
    await exemptions.code.fill("E01");
    await exemptions.validFrom.fill("1/4/22");
    await exemptions.patient.fill(patient);
    await exemptions.send.click();
    await exemptions.back.click();
    await expect(exemptions.validFrom).toHaveValue("1/4/22");
    await exemptions.send.click();
    await exemptions.send.click();
    await expect(exemptions.alert).toContainText("7470");
    await expect(exemptions.page).toHaveTitle(/^Errore:/);
    await expect(exemptions.patient).toHaveValue(patient);
    await inspect("exemptions-refused");
  });
});
