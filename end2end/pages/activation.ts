import { type Locator, type Page, expect } from "@playwright/test";

import { Authenticator, type Operator } from "../support/operator";

/** "Attiva il tuo account": password, authenticator, recovery codes. */
export class ActivationPage {
  readonly heading: Locator;
  readonly password: Locator;
  readonly again: Locator;
  readonly pin: Locator;
  readonly submit: Locator;
  readonly alert: Locator;
  readonly doneHeading: Locator;
  readonly codes: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole("heading", { level: 1, name: "Attiva il tuo account" });
    this.password = page.getByLabel("Password", { exact: true });
    this.again = page.getByLabel("Ripeti la password");
    this.pin = page.getByRole("textbox", { name: "PIN" });
    this.submit = page.getByRole("button", { name: "Attiva account" });
    this.alert = page.getByRole("alert");
    this.doneHeading = page.getByRole("heading", { level: 1, name: "Account attivo" });
    this.codes = page.getByRole("list", { name: /codici di recupero/ }).getByRole("listitem");
  }

  /** Opens the link and pairs the authenticator by the secret that is spelled there. */
  async open(link: string, operator: Operator): Promise<void> {
    await this.page.goto(link);
    await expect(this.heading).toBeVisible();
    operator.authenticator = new Authenticator(await this.page.locator("code").first().innerText());
  }

  async give(password: string, pin: string, again = password): Promise<void> {
    await this.password.fill(password);
    await this.again.fill(again);
    await this.pin.fill(pin);
    await this.submit.click();
  }

  /** Goes through all of it, and notes the recovery codes in `operator`. */
  async complete(link: string, operator: Operator): Promise<void> {
    await this.open(link, operator);
    await this.give(operator.password, await operator.authenticator.next());
    await expect(this.doneHeading).toBeVisible();
    operator.recoveryCodes = await this.codes.allInnerTexts();
  }
}
