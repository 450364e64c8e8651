import type { Locator, Page } from "@playwright/test";

import { CounterPage } from "./counter";

/** "Elenco tamponi". */
export class SwabListPage extends CounterPage {
  readonly structure: Locator;
  readonly description: Locator;
  readonly from: Locator;
  readonly to: Locator;
  readonly send: Locator;
  readonly exportCsv: Locator;
  /** Those that are open. */
  readonly table: Locator;
  /** What opens a group of tests. */
  readonly groups: Locator;
  readonly fields: Record<string, Locator>;

  constructor(page: Page) {
    super(page, "/swabs/list", "Elenco tamponi");
    const main = page.getByRole("main");
    this.structure = page.getByLabel("Codice struttura");
    this.description = page.getByRole("textbox", { name: /^Descrizione/ });
    this.from = page.getByRole("textbox", { name: "Dal", exact: true });
    this.to = page.getByRole("textbox", { name: "Al", exact: true });
    this.send = page.getByRole("button", { name: "Mostra elenco" });
    this.exportCsv = page.getByRole("button", { name: "Esporta CSV" });
    this.table = main.locator("table:visible");
    this.groups = main.locator("summary").filter({ hasText: /^Test da/ });
    const { structure, description, from, to } = this;
    this.fields = { structure, description, from, to };
  }

  /** Asks for the tests of today. */
  async list(description: string): Promise<void> {
    await this.description.fill(description);
    await this.send.click();
  }
}
