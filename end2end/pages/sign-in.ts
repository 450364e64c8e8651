import { type Locator, type Page, expect } from "@playwright/test";

import type { Operator } from "../support/operator";

/** The two pages of signing in. */
export class SignIn {
  readonly heading: Locator;
  readonly username: Locator;
  readonly password: Locator;
  readonly submit: Locator;
  readonly pinHeading: Locator;
  readonly pin: Locator;
  readonly submitPin: Locator;
  readonly alert: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole("heading", { level: 1, name: "Accedi" });
    this.username = page.getByRole("textbox", { name: "Nome utente" });
    this.password = page.getByLabel("Password", { exact: true });
    this.submit = page.getByRole("button", { name: "Accedi", exact: true });
    this.pinHeading = page.getByRole("heading", { level: 1, name: "Inserisci il PIN" });
    this.pin = page.getByRole("textbox", { name: "PIN" });
    this.submitPin = page.getByRole("button", { name: "Verifica PIN" });
    this.alert = page.getByRole("alert");
  }

  async open(): Promise<void> {
    await this.page.goto("/login");
    await expect(this.heading).toBeVisible();
  }

  async giveName(username: string, password: string): Promise<void> {
    await this.username.fill(username);
    await this.password.fill(password);
    await this.submit.click();
  }

  async givePin(pin: string): Promise<void> {
    await this.pin.fill(pin);
    await this.submitPin.click();
  }

  /** As far as the second page. */
  async toPin(operator: Operator): Promise<void> {
    await this.open();
    await this.giveName(operator.username, operator.password);
    await expect(this.pinHeading).toBeVisible();
  }

  /** All the way to the desk, or to the case that is open. */
  async complete(operator: Operator, heading: string | RegExp = "Sportello"): Promise<void> {
    await this.toPin(operator);
    await this.givePin(await operator.authenticator.next());
    await expect(this.page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
  }
}
