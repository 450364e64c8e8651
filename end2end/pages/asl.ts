import type { Locator, Page } from "@playwright/test";

import { CounterPage } from "./counter";

/** "OTP da ASL": the health authority sends an OTP itself. */
export class AslPage extends CounterPage {
  readonly otp: Locator;
  readonly onset: Locator;
  readonly patient: Locator;
  readonly send: Locator;
  readonly fields: Record<string, Locator>;

  constructor(page: Page) {
    super(page, "/asl", "OTP da ASL");
    this.otp = page.getByRole("textbox", { name: "Codice OTP" });
    this.onset = page.getByRole("textbox", { name: "Data inizio sintomi" });
    this.patient = page.getByRole("textbox", { name: "Codice fiscale dell'assistito" });
    this.send = page.getByRole("button", { name: "Invia OTP" });
    const { otp, onset, patient } = this;
    this.fields = { otp, onset, patient };
  }
}
