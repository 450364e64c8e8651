import type { Locator, Page } from "@playwright/test";

/** "Andamento": a period. */
export class StatisticsPage {
  readonly heading: Locator;
  readonly from: Locator;
  readonly by: Locator;
  readonly show: Locator;
  readonly alert: Locator;
  readonly pictures: Locator;
  readonly tables: Locator;
  readonly exportCsv: Locator;
  readonly parts: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole("heading", { level: 1, name: "Andamento", exact: true });
    this.from = page.getByRole("textbox", { name: "Dal giorno" });
    this.by = page.getByRole("combobox", { name: "Raggruppa" });
    this.show = page.getByRole("button", { name: "Mostra" });
    this.alert = page.getByRole("alert");
    this.pictures = page.getByRole("main").getByRole("img");
    this.tables = page.getByRole("table");
    this.exportCsv = page.getByRole("button", { name: "Esporta CSV" });
    this.parts = page.getByRole("navigation", { name: "Andamento" });
  }
}

/** "In diretta": the moment. */
export class LivePage {
  readonly heading: Locator;
  readonly updated: Locator;
  readonly answers: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole("heading", { level: 1, name: "Andamento in diretta" });
    this.updated = page.getByText(/^Aggiornato alle/);
    this.answers = page.getByRole("table");
  }
}
