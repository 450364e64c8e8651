import { type Locator, type Page, expect } from "@playwright/test";

import { CasePage } from "./case";

/** "Sportello": where a case is opened. */
export class DeskPage {
  readonly heading: Locator;
  readonly callId: Locator;
  readonly open: Locator;
  readonly signOut: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole("heading", { level: 1, name: "Sportello" });
    this.callId = page.getByRole("textbox", { name: "Id chiamata" });
    this.open = page.getByRole("button", { name: "Apri caso" });
    this.signOut = page.getByRole("button", { name: "Esci" });
  }

  async goto(): Promise<void> {
    await this.page.goto("/");
  }

  async openCase(callId: string): Promise<CasePage> {
    await this.callId.fill(callId);
    await this.open.click();
    const opened = new CasePage(this.page);
    await expect(opened.heading).toBeVisible();
    return opened;
  }
}
