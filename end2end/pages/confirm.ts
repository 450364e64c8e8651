import { type Locator, type Page, expect } from "@playwright/test";

/** "Conferma differita": a confirmation outside a call. */
export class ConfirmPage {
  readonly heading: Locator;
  readonly cun: Locator;
  readonly confirm: Locator;
  readonly alert: Locator;
  readonly status: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole("heading", { level: 1, name: "Conferma differita" });
    this.cun = page.getByRole("textbox", { name: "CUN" });
    this.confirm = page.getByRole("button", { name: "Conferma sblocco" });
    this.alert = page.getByRole("alert");
    this.status = page.getByRole("status");
  }

  async goto(): Promise<void> {
    await this.page.goto("/confirm");
    await expect(this.heading).toBeVisible();
  }

  async send(cun: string): Promise<void> {
    await this.cun.fill(cun);
    await this.confirm.click();
  }
}
