import { type Locator, type Page, expect } from "@playwright/test";

/** The list of accounts. */
export class OperatorsPage {
  readonly heading: Locator;
  readonly rows: Locator;
  readonly search: Locator;
  readonly status: Locator;
  readonly submit: Locator;
  readonly create: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole("heading", { level: 1, name: "Operatori" });
    this.rows = page.locator("tbody").getByRole("row");
    this.search = page.getByRole("textbox", { name: "Nome, nome utente o codice fiscale" });
    this.status = page.getByRole("combobox", { name: "Stato" });
    this.submit = page.getByRole("button", { name: "Cerca" });
    this.create = page.getByRole("link", { name: "Nuovo operatore" });
  }

  async goto(): Promise<void> {
    await this.page.goto("/operators");
    await expect(this.heading).toBeVisible();
  }

  async find(words: string): Promise<void> {
    await this.search.fill(words);
    await this.submit.click();
    await expect(this.heading).toBeVisible();
  }
}

/** The form of an account, new or there already. */
export class AccountForm {
  readonly name: Locator;
  readonly username: Locator;
  readonly fiscalCode: Locator;
  readonly role: Locator;
  readonly queues: Locator;
  readonly create: Locator;
  readonly save: Locator;
  readonly alert: Locator;
  readonly status: Locator;
  readonly link: Locator;

  constructor(readonly page: Page) {
    this.name = page.getByRole("textbox", { name: "Nome e cognome" });
    this.username = page.getByRole("textbox", { name: "Nome utente" });
    this.fiscalCode = page.getByRole("textbox", { name: "Codice fiscale" });
    this.role = page.getByRole("combobox", { name: "Ruolo" });
    this.queues = page.getByRole("group", { name: "Code di servizio" });
    this.create = page.getByRole("button", { name: "Crea operatore" });
    this.save = page.getByRole("button", { name: "Salva modifiche" });
    this.alert = page.getByRole("alert");
    this.status = page.getByRole("status").filter({ has: page.locator("p") });
    this.link = page.locator("#activation-link");
  }

  heading(name: string): Locator {
    return this.page.getByRole("heading", { level: 1, name });
  }

  queue(name: string): Locator {
    return this.queues.getByRole("checkbox", { name });
  }

  /** An act that asks first: the way to its question, and the second act. */
  async act(name: string): Promise<void> {
    await this.page.getByRole("link", { name, exact: true }).click();
    await this.page.getByRole("button", { name, exact: true }).click();
  }
}

/** "Conferma con il PIN". */
export class FreshPin {
  readonly heading: Locator;
  readonly pin: Locator;
  readonly submit: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole("heading", { level: 1, name: "Conferma con il PIN" });
    this.pin = page.getByRole("textbox", { name: "PIN" });
    this.submit = page.getByRole("button", { name: "Verifica PIN" });
  }

  async give(pin: string): Promise<void> {
    await this.pin.fill(pin);
    await this.submit.click();
  }
}
