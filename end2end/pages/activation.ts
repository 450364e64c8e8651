import { type Locator, type Page, expect } from "@playwright/test";

import { Authenticator, type Operator } from "../support/operator";

/** "Attiva il tuo account": password, authenticator, recovery codes, one after the other. */
export class ActivationPage {
  readonly heading: Locator;
  readonly password: Locator;
  readonly again: Locator;
  readonly pin: Locator;
  readonly goOn: Locator;
  readonly otherPassword: Locator;
  readonly alert: Locator;
  readonly codes: Locator;
  readonly file: Locator;
  readonly saved: Locator;
  readonly doneHeading: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole("heading", { level: 1, name: "Attiva il tuo account" });
    this.password = page.getByLabel("Password", { exact: true });
    this.again = page.getByLabel("Ripetizione della password");
    this.pin = page.getByRole("textbox", { name: "PIN" });
    this.goOn = page.getByRole("button", { name: "Continua" });
    this.otherPassword = page.getByRole("link", { name: "Cambia password" });
    this.alert = page.getByRole("alert");
    this.codes = page.getByRole("list", { name: "Codici di recupero" }).getByRole("listitem");
    this.file = page.getByRole("link", { name: "Scarica come file" });
    this.saved = page.getByRole("button", { name: "Ho salvato i codici" });
    this.doneHeading = page.getByRole("heading", { level: 1, name: "Account attivo" });
  }

  async open(link: string): Promise<void> {
    await this.page.goto(link);
    await expect(this.heading).toBeVisible();
  }

  async givePassword(password: string, again = password): Promise<void> {
    await this.password.fill(password);
    await this.again.fill(again);
    await this.goOn.click();
  }

  /** Pairs the authenticator by the secret that is spelled there. */
  async pair(operator: Operator): Promise<void> {
    await expect(this.pin).toBeVisible();
    operator.authenticator = new Authenticator(await this.page.locator("code").first().innerText());
  }

  async givePin(pin: string): Promise<void> {
    await this.pin.fill(pin);
    await this.goOn.click();
  }

  /** As far as the recovery codes. */
  async toCodes(link: string, operator: Operator): Promise<void> {
    await this.open(link);
    await this.givePassword(operator.password);
    await this.pair(operator);
    await this.givePin(await operator.authenticator.next());
    await expect(this.saved).toBeVisible();
  }

  /** Goes through all of it, and notes the recovery codes in `operator`. */
  async complete(link: string, operator: Operator): Promise<void> {
    await this.toCodes(link, operator);
    operator.recoveryCodes = (await this.codes.allInnerTexts()).map((code) => code.trim());
    await this.saved.click();
    await expect(this.doneHeading).toBeVisible();
  }
}
