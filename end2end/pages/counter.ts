import { type Locator, type Page, expect } from "@playwright/test";

/** What is typed, by the names of the fields. */
export type Typed = Record<string, string>;

/** A desk without cases: a form, and on the same page what became of it. */
export abstract class CounterPage {
  readonly heading: Locator;
  readonly decision: Locator;
  readonly alert: Locator;
  readonly status: Locator;
  /** What is typed into, by name. */
  abstract readonly fields: Record<string, Locator>;
  /** The button that sends the form. */
  abstract readonly send: Locator;

  constructor(
    readonly page: Page,
    private readonly path: string,
    name: string,
  ) {
    const main = page.getByRole("main");
    this.heading = page.getByRole("heading", { level: 1, name, exact: true });
    this.decision = page.getByRole("checkbox", { name: /La ripeto/ });
    this.alert = main.getByRole("alert");
    this.status = main.getByRole("status");
  }

  async goto(): Promise<void> {
    await this.page.goto(this.path);
    await expect(this.heading).toBeVisible();
  }

  /** Fills in the whole form and sends it; says yes where it is asked first. */
  async ask(typed: Typed): Promise<void> {
    for (const [name, field] of Object.entries(this.fields)) await this.fill(field, typed[name] ?? "");
    await this.press();
    const question = this.page.locator('input[name="sure"]');
    if ((await question.count()) > 0) await this.press();
  }

  /** The names of the fields to which the page leads. */
  async leads(): Promise<string[]> {
    const links = await this.alert
      .getByRole("link")
      .evaluateAll((links) => links.map((link) => link.getAttribute("href")));
    return [...new Set(links.map((href) => href?.slice(1) ?? ""))];
  }

  /** Sends what is there, and waits for what comes. */
  private async press(): Promise<void> {
    await Promise.all([this.page.waitForEvent("domcontentloaded"), this.send.click()]);
  }

  private async fill(field: Locator, value: string): Promise<void> {
    const group = this.page.getByRole("radio");
    if ((await field.getAttribute("type")) !== "radio") await field.fill(value);
    else if (value !== "") await group.and(this.page.locator(`[value="${value}"]`)).check();
  }
}
