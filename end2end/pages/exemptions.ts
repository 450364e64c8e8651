import type { Locator, Page } from "@playwright/test";

import { CounterPage } from "./counter";

/** "Esenzioni": a certification is closed. */
export class ExemptionsPage extends CounterPage {
  readonly code: Locator;
  readonly validFrom: Locator;
  readonly patient: Locator;
  readonly send: Locator;
  /** The heading of the second act. */
  readonly question: Locator;
  readonly back: Locator;
  readonly fields: Record<string, Locator>;

  constructor(page: Page) {
    super(page, "/exemptions", "Esenzioni");
    this.code = page.getByRole("textbox", { name: "Codice esenzione" });
    this.validFrom = page.getByRole("textbox", { name: "Data inizio validità" });
    this.patient = page.getByRole("textbox", { name: "Codice fiscale dell'assistito" });
    this.send = page.getByRole("button", { name: "Chiudi certificazione" });
    this.question = page.getByRole("heading", { level: 1, name: "Chiudere la certificazione?" });
    this.back = page.getByRole("button", { name: "Torna ai dati" });
    const { code, validFrom, patient } = this;
    this.fields = { exemption: code, valid_from: validFrom, patient };
  }
}
