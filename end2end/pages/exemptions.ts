import { type Locator, type Page, expect } from "@playwright/test";

/** "Esenzioni": a certification is closed. */
export class ExemptionsPage {
  readonly heading: Locator;
  readonly code: Locator;
  readonly validFrom: Locator;
  readonly patient: Locator;
  readonly close: Locator;
  /** The heading of the second act. */
  readonly question: Locator;
  readonly back: Locator;
  readonly alert: Locator;
  readonly status: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole("heading", { level: 1, name: "Esenzioni" });
    this.code = page.getByRole("textbox", { name: "Codice esenzione" });
    this.validFrom = page.getByRole("textbox", { name: "Data inizio validità" });
    this.patient = page.getByRole("textbox", { name: "Codice fiscale dell'assistito" });
    this.close = page.getByRole("button", { name: "Chiudi certificazione" });
    this.question = page.getByRole("heading", { level: 1, name: "Chiudere la certificazione?" });
    this.back = page.getByRole("button", { name: "Torna ai dati" });
    this.alert = page.getByRole("alert");
    this.status = page.getByRole("status");
  }

  async goto(): Promise<void> {
    await this.page.goto("/exemptions");
    await expect(this.heading).toBeVisible();
  }
}
