import { type Locator, type Page, expect } from "@playwright/test";

/** What "Tamponi" and "Annulla esito" have in common. */
class SwabPage {
  readonly heading: Locator;
  readonly structure: Locator;
  readonly description: Locator;
  readonly patient: Locator;
  readonly decision: Locator;
  readonly alert: Locator;
  readonly status: Locator;

  constructor(
    readonly page: Page,
    private readonly path: string,
    name: string,
  ) {
    this.heading = page.getByRole("heading", { level: 1, name });
    this.structure = page.getByLabel("Codice struttura");
    this.description = page.getByRole("textbox", { name: "Descrizione struttura" });
    this.patient = page.getByRole("textbox", { name: "Codice fiscale dell'assistito" });
    this.decision = page.getByRole("checkbox", { name: /La ripeto/ });
    this.alert = page.getByRole("alert");
    this.status = page.getByRole("status");
  }

  async goto(): Promise<void> {
    await this.page.goto(this.path);
    await expect(this.heading).toBeVisible();
  }
}

/** "Tamponi": a result is reported. */
export class ReportPage extends SwabPage {
  readonly sampledOn: Locator;
  readonly positive: Locator;
  readonly phone: Locator;
  readonly email: Locator;
  readonly send: Locator;
  /** The CUN that was given last. */
  readonly cun: Locator;

  constructor(page: Page) {
    super(page, "/swabs", "Tamponi");
    this.sampledOn = page.getByRole("textbox", { name: "Data del prelievo" });
    this.positive = page.getByRole("radio", { name: "Positivo" });
    this.phone = page.getByRole("textbox", { name: "Cellulare dell'assistito" });
    this.email = page.getByRole("textbox", { name: "E-mail dell'assistito" });
    this.send = page.getByRole("button", { name: "Invia esito" });
    this.cun = page.locator("#new-cun");
  }
}

/** "Annulla esito": a report is cancelled. */
export class CancelReportPage extends SwabPage {
  readonly cun: Locator;
  readonly cancel: Locator;
  /** The heading of the second act. */
  readonly question: Locator;

  constructor(page: Page) {
    super(page, "/swabs/cancel", "Annulla esito");
    this.cun = page.getByRole("textbox", { name: "CUN" });
    this.cancel = page.getByRole("button", { name: "Annulla esito" });
    this.question = page.getByRole("heading", { level: 1, name: "Annullare l'esito?" });
  }
}
