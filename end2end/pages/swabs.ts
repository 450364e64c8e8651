import type { Locator, Page } from "@playwright/test";

import { CounterPage } from "./counter";

/** What "Tamponi" and "Annulla esito" have in common. */
abstract class SwabPage extends CounterPage {
  readonly structure: Locator;
  readonly description: Locator;
  readonly patient: Locator;

  constructor(page: Page, path: string, name: string) {
    super(page, path, name);
    this.structure = page.getByLabel("Codice struttura");
    this.description = page.getByRole("textbox", { name: "Descrizione struttura" });
    this.patient = page.getByRole("textbox", { name: "Codice fiscale dell'assistito" });
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
  readonly fields: Record<string, Locator>;

  constructor(page: Page) {
    super(page, "/swabs", "Tamponi");
    this.sampledOn = page.getByRole("textbox", { name: "Data del prelievo" });
    this.positive = page.getByRole("radio", { name: "Positivo" });
    this.phone = page.getByRole("textbox", { name: "Cellulare dell'assistito" });
    this.email = page.getByRole("textbox", { name: "E-mail dell'assistito" });
    this.send = page.getByRole("button", { name: "Invia esito" });
    this.cun = page.locator("#new-cun");
    const { structure, description, patient, sampledOn, positive, phone, email } = this;
    this.fields = { structure, description, patient, sampled_on: sampledOn, result: positive, phone, email };
  }
}

/** "Annulla esito": a report is cancelled. */
export class CancelReportPage extends SwabPage {
  readonly cun: Locator;
  readonly send: Locator;
  /** The heading of the second act. */
  readonly question: Locator;
  readonly fields: Record<string, Locator>;

  constructor(page: Page) {
    super(page, "/swabs/cancel", "Annulla esito");
    this.cun = page.getByRole("textbox", { name: "CUN" });
    this.send = page.getByRole("button", { name: "Annulla esito" });
    this.question = page.getByRole("heading", { level: 1, name: "Annullare l'esito?" });
    const { structure, description, patient, cun } = this;
    this.fields = { structure, description, patient, cun };
  }
}
