import type { Locator, Page } from "@playwright/test";

/** "Elenco tamponi". */
export class SwabListPage {
  readonly heading: Locator;
  readonly description: Locator;
  readonly from: Locator;
  readonly to: Locator;
  readonly show: Locator;
  readonly exportCsv: Locator;
  readonly status: Locator;
  readonly alert: Locator;
  /** Those that are open. */
  readonly table: Locator;
  /** What opens a group of tests. */
  readonly groups: Locator;

  constructor(readonly page: Page) {
    const main = page.getByRole("main");
    this.heading = page.getByRole("heading", { level: 1, name: "Elenco tamponi", exact: true });
    this.description = page.getByRole("textbox", { name: /^Descrizione/ });
    this.from = page.getByRole("textbox", { name: "Dal", exact: true });
    this.to = page.getByRole("textbox", { name: "Al", exact: true });
    this.show = page.getByRole("button", { name: "Mostra elenco" });
    this.exportCsv = page.getByRole("button", { name: "Esporta CSV" });
    this.status = main.getByRole("status");
    this.alert = main.getByRole("alert");
    this.table = main.locator("table:visible");
    this.groups = main.locator("summary").filter({ hasText: /^Test da/ });
  }

  async goto(): Promise<void> {
    await this.page.goto("/swabs/list");
  }

  /** Asks for the tests of today. */
  async list(description: string): Promise<void> {
    await this.description.fill(description);
    await this.show.click();
  }
}
