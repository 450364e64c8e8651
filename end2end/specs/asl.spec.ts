import { AslPage } from "../pages/asl";
import type { Typed } from "../pages/counter";
import { daysAgo, shown } from "../support/dates";
import { someFiscalCode } from "../support/operator";
import { newOperator, signIn } from "../support/quick";
import { type Rule, meet } from "../support/rules";
import { expect, test as base } from "../support/test";
import { Witness } from "../support/witness";

/** "OTP da ASL", with an operator of its queue signed in. */
const test = base.extend<{ asl: AslPage }>({
  asl: async ({ server, sandbox, page }, use) => {
    await signIn(page.request, server, await newOperator(server, sandbox, "operator", { queue: "asl" }));
    const asl = new AslPage(page);
    await asl.goto();
    await use(asl);
  },
});

test.describe("OTP da ASL", () => {
  test("an OTP is sent by keyboard alone, lives for a while, and nothing of the patient stays @look", async ({
    asl,
    sandbox,
    inspect,
  }) => {
    const [keys, witness] = [asl.page.keyboard, new Witness(asl.page)];
    const before = await sandbox.callsOf("asl_otp");
    const [otp, day, patient] = [await sandbox.newOtp(), shown(daysAgo(3)), someFiscalCode()];
    await inspect("asl");
    await expect(asl.heading).toBeFocused();
    await keys.press("Tab");
    await expect(asl.otp).toBeFocused();
    for (const typed of [otp, day, patient]) {
      await keys.type(typed);
      await keys.press("Tab");
    }
    await expect(asl.send).toBeFocused();
    await keys.press("Enter");
    const done = asl.status.filter({ hasText: "Codice OTP inviato" });
    await expect(done).toContainText("Tenga aperta la schermata");
    await expect(asl.otp).toHaveValue("");
    await inspect("asl-done");
    await witness.look();
    await asl.page.reload();
    await expect(done).toBeVisible();
    expect(await sandbox.callsOf("asl_otp")).toBe(before + 1);
    expect(witness.whereabouts([patient, day, otp])).toEqual([]);
  });

  test("an OTP that was used is refused in words, and what was typed stays @look", async ({
    asl,
    sandbox,
    inspect,
  }) => {
    const otp = await sandbox.newOtp();
    for (const patient of [someFiscalCode(), someFiscalCode()]) {
      await asl.otp.fill(otp);
      await asl.patient.fill(patient);
      await asl.send.click();
      await expect(asl.page.getByRole("heading", { level: 2, name: /^Codice OTP / })).toBeVisible();
    }
    await expect(asl.alert).toContainText("già stato sbloccato o usato");
    await expect(asl.alert).toBeFocused();
    await expect(asl.page).toHaveTitle(/^Errore:/);
    await expect(asl.otp).not.toHaveValue("");
    await inspect("asl-refused");
  });

  test("each rule and each answer of Immuni is told where it belongs @js", async ({ asl, sandbox }) => {
    const typed = (): Typed => ({ otp: "59Y5QWWF4Z", onset: shown(daysAgo(3)), patient: someFiscalCode() });
    const answered = (rule: string, esito: string, said: string, leads: string[]): Rule => {
      return { rule, typed: typed(), said, leads, first: async () => sandbox.answerNext("asl_otp", esito) };
    };
    const refused = (code: string, leads: string[]): Rule => {
      const first = async (): Promise<void> => sandbox.refuseNext("asl_otp", code);
      return { rule: code, typed: typed(), said: `${code} SANDBOX: `, leads, first };
    };
    await meet(asl, [
      { rule: "A1", typed: { ...typed(), otp: "" }, said: "Manca il codice", leads: ["otp"] },
      { rule: "A1", typed: { ...typed(), patient: "" }, said: "Manca il codice fiscale", leads: ["patient"] },
      { rule: "A1", typed: { ...typed(), onset: shown(daysAgo(-1)) }, said: "nel futuro", leads: ["onset"] },
      refused("9001", []),
      refused("9002", []),
      refused("9016", ["onset"]),
      answered("A4", "400", "non riconosce l'OTP come ben formato", ["otp"]),
      answered("A4", "409", "già stato sbloccato o usato", ["otp"]),
      answered("A4", "503", "un esito che non è previsto", ["repeat"]),
    ]);
    await asl.ask({ ...typed(), otp: await sandbox.newOtp(), onset: "" });
    await expect(asl.status.first()).toContainText("Codice OTP inviato");
  });

  test("an answer that never came is uncertain, and asks for a second decision", async ({ asl, sandbox }) => {
    await sandbox.breakNext("asl_otp", "reset_after_reading");
    await asl.otp.fill(await sandbox.newOtp());
    await asl.patient.fill(someFiscalCode());
    await asl.send.click();
    await expect(asl.alert).toContainText("incerto");
    const before = await sandbox.callsOf("asl_otp");
    await asl.send.click();
    await expect(asl.alert.getByRole("link")).toContainText("può essere già riuscita");
    expect(await sandbox.callsOf("asl_otp")).toBe(before);
    await asl.otp.fill(await sandbox.newOtp());
    await asl.decision.check();
    await asl.send.click();
    await expect(asl.status.filter({ hasText: "Codice OTP inviato" })).toBeVisible();
  });
});
