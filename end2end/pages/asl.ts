import { type Locator, type Page, expect } from "@playwright/test";

/** "OTP da ASL": the health authority sends an OTP itself. */
export class AslPage {
  readonly heading: Locator;
  readonly otp: Locator;
  readonly onset: Locator;
  readonly patient: Locator;
  readonly send: Locator;
  readonly decision: Locator;
  readonly alert: Locator;
  readonly status: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole("heading", { level: 1, name: "OTP da ASL" });
    this.otp = page.getByRole("textbox", { name: "Codice OTP" });
    this.onset = page.getByRole("textbox", { name: "Data inizio sintomi" });
    this.patient = page.getByRole("textbox", { name: "Codice fiscale dell'assistito" });
    this.send = page.getByRole("button", { name: "Invia OTP" });
    this.decision = page.getByRole("checkbox", { name: /La ripeto/ });
    this.alert = page.getByRole("alert");
    this.status = page.getByRole("status");
  }

  async goto(): Promise<void> {
    await this.page.goto("/asl");
    await expect(this.heading).toBeVisible();
  }
}
