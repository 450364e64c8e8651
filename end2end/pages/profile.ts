import { type Locator, type Page, expect } from "@playwright/test";

import { Authenticator, type Operator } from "../support/operator";

/** "Profilo": password, second factor, sessions. */
export class ProfilePage {
  readonly heading: Locator;
  readonly current: Locator;
  readonly password: Locator;
  readonly again: Locator;
  readonly pin: Locator;
  readonly change: Locator;
  readonly alert: Locator;
  readonly done: Locator;
  readonly otherPhone: Locator;
  readonly goOn: Locator;
  readonly codes: Locator;
  readonly saved: Locator;
  readonly sessions: Locator;
  readonly everywhere: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole("heading", { level: 1, name: "Profilo" });
    this.current = page.getByLabel("Password attuale");
    this.password = page.getByLabel("Nuova password", { exact: true });
    this.again = page.getByLabel("Ripetizione della nuova password");
    this.pin = page.getByRole("textbox", { name: "PIN" });
    this.change = page.getByRole("button", { name: "Cambia password" });
    this.alert = page.getByRole("alert");
    this.done = page.getByRole("status").filter({ hasText: /\S/ });
    this.otherPhone = page.getByRole("link", { name: "Collega un altro telefono" });
    this.goOn = page.getByRole("button", { name: "Continua" });
    this.codes = page.getByRole("list", { name: "Codici di recupero" }).getByRole("listitem");
    this.saved = page.getByRole("button", { name: "Ho salvato i codici" });
    this.sessions = page.locator("tbody").getByRole("row");
    this.everywhere = page.getByRole("button", { name: "Esci da tutti" });
  }

  /** By the name of who is signed in, in the header. */
  async open(operator: Operator): Promise<void> {
    await this.page.getByRole("link", { name: operator.name }).click();
    await expect(this.heading).toBeVisible();
  }

  async changePassword(operator: Operator, password: string, pin: string): Promise<void> {
    await this.current.fill(operator.password);
    await this.password.fill(password);
    await this.again.fill(password);
    await this.pin.fill(pin);
    await this.change.click();
  }

  /** Pairs another authenticator by the secret that is spelled there, as far as its recovery codes. */
  async pair(operator: Operator): Promise<void> {
    const authenticator = new Authenticator(await this.page.locator("code").first().innerText());
    await this.pin.fill(await authenticator.next());
    await this.current.fill(operator.password);
    await this.goOn.click();
    await expect(this.codes).toHaveCount(10);
    operator.authenticator = authenticator;
  }
}
