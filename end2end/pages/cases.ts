import { type Locator, type Page, expect } from "@playwright/test";

/** "I miei casi": the register of the operator's own cases. */
export class CasesPage {
  readonly heading: Locator;
  readonly rows: Locator;
  readonly older: Locator;
  readonly newest: Locator;
  private readonly query: Locator;
  private readonly submit: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole("heading", { level: 1, name: "I miei casi" });
    this.rows = page.locator("tbody").getByRole("row");
    this.older = page.getByRole("link", { name: "Meno recenti" });
    this.newest = page.getByRole("link", { name: "Torna ai più recenti" });
    this.query = page.getByRole("main").getByRole("searchbox").or(page.getByRole("main").getByRole("textbox"));
    this.submit = page.getByRole("button", { name: "Cerca" });
  }

  async goto(): Promise<void> {
    await this.page.goto("/cases");
    await expect(this.heading).toBeVisible();
  }

  async search(text: string): Promise<void> {
    await this.query.fill(text);
    await this.submit.click();
    await expect(this.heading).toBeVisible();
  }

  /** The ids of the calls on this page, in its order. */
  async calls(): Promise<string[]> {
    const texts = await this.rows.allInnerTexts();
    return texts.map((text) => /call-\d+/.exec(text)?.[0] ?? text);
  }
}
