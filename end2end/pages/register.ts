import { type Locator, type Page, expect } from "@playwright/test";

/** One of the two registers. */
export class RegisterPage {
  readonly heading: Locator;
  readonly rows: Locator;
  readonly actor: Locator;
  readonly action: Locator;
  readonly caseOrTransaction: Locator;
  readonly from: Locator;
  readonly submit: Locator;
  readonly alert: Locator;
  readonly exportCsv: Locator;
  readonly exportProof: Locator;
  readonly tabs: Locator;

  constructor(
    readonly page: Page,
    name: "Registro accessi" | "Registro amministrazione",
  ) {
    this.heading = page.getByRole("heading", { level: 1, name });
    this.rows = page.locator("tbody").getByRole("row");
    this.actor = page.getByRole("textbox", { name: "Utente" });
    this.action = page.getByRole("combobox", { name: "Azione" });
    this.caseOrTransaction = page.getByRole("textbox", { name: "Caso o transazione" });
    this.from = page.getByRole("textbox", { name: "Dal giorno" });
    this.submit = page.getByRole("button", { name: "Cerca" });
    this.alert = page.getByRole("alert");
    this.exportCsv = page.getByRole("button", { name: "Esporta CSV" });
    this.exportProof = page.getByRole("button", { name: "Esporta con prova" });
    this.tabs = page.getByRole("navigation", { name: "Registri" });
  }

  async search(): Promise<void> {
    await this.submit.click();
    await expect(this.heading).toBeVisible();
  }
}
