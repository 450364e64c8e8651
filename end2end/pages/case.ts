import { type Locator, type Page, expect } from "@playwright/test";

import type { Caller } from "../support/sandbox";

/** A case: the three steps of a call. */
export class CasePage {
  readonly heading: Locator;
  readonly card: Locator;
  readonly cun: Locator;
  readonly verify: Locator;
  readonly otp: Locator;
  readonly onset: Locator;
  readonly asymptomatic: Locator;
  readonly unlock: Locator;
  readonly confirm: Locator;
  readonly cancel: Locator;
  readonly close: Locator;
  readonly alert: Locator;
  readonly status: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole("heading", { level: 1, name: /^Caso [0-9a-f…-]+$/ });
    this.card = page.getByRole("textbox", { name: "Ultime 8 cifre della tessera sanitaria" });
    this.cun = page.getByRole("textbox", { name: "CUN" });
    this.verify = page.getByRole("button", { name: "Verifica positività" });
    this.otp = page.getByRole("textbox", { name: "Codice OTP" });
    this.onset = page.getByRole("textbox", { name: "Data inizio sintomi" });
    this.asymptomatic = page.getByLabel(/^Asintomatico/);
    this.unlock = page.getByRole("button", { name: "Sblocca codice" });
    this.confirm = page.getByRole("button", { name: "Conferma sblocco" });
    this.cancel = page.getByRole("button", { name: "Annulla sblocco" });
    this.close = page.getByRole("button", { name: "Chiudi caso" });
    this.alert = page.getByRole("alert");
    this.status = page.getByRole("status");
  }

  async giveCard(caller: Pick<Caller, "card" | "cun">): Promise<void> {
    await this.card.fill(caller.card);
    await this.cun.fill(caller.cun);
    await this.verify.click();
  }

  /** Step 1, done. */
  async verified(caller: Caller): Promise<void> {
    await this.giveCard(caller);
    await expect(this.otp).toBeVisible();
  }

  /** Step 2 with a day on which symptoms began. */
  async giveOtp(otp: string, onset: string): Promise<void> {
    await this.otp.fill(otp);
    await this.onset.fill(onset);
    await this.unlock.click();
  }

  /** Step 2, done. */
  async unlocked(otp: string, onset: string): Promise<void> {
    await this.giveOtp(otp, onset);
    await expect(this.confirm).toBeVisible();
  }

  /** Step 3, the unlock to be taken back: asked about first. */
  async askedToCancel(): Promise<void> {
    const question = this.question("Annullare lo sblocco?");
    if (!(await question.isVisible())) await this.cancel.click();
    await expect(question).toBeVisible();
    await this.cancel.click();
  }

  /** Step 3, the unlock taken back. */
  async cancelled(): Promise<void> {
    await this.askedToCancel();
    await expect(this.outcome("Sblocco annullato")).toBeVisible();
  }

  /** Closed: asked about first, unless the call is concluded. */
  async closed(): Promise<void> {
    await this.close.click();
    const question = this.question(/^Chiudere il caso/);
    const desk = this.page.getByRole("button", { name: "Apri caso" });
    await expect(question.or(desk)).toBeVisible();
    if (await question.isVisible()) await this.close.click();
    await expect(desk).toBeVisible();
  }

  /** What is asked before an act that can't be undone. */
  question(text: string | RegExp): Locator {
    return this.page.getByRole("heading", { level: 2, name: text });
  }

  /** The card of the last request, by its title. */
  outcome(title: string): Locator {
    const heading = this.page.getByRole("heading", { level: 2, name: title });
    return this.status.or(this.alert).filter({ has: heading });
  }

  /** The sentence for the caller, in the column "Da dire". */
  get sentence(): Locator {
    return this.page.getByRole("region", { name: "Da dire" }).locator("p").first();
  }

  /** The second decision that an uncertain outcome asks for. */
  get decision(): Locator {
    return this.page.getByRole("checkbox", { name: /^(Ho capito|Ripeto la verifica)/ });
  }

  /** What the countdown shows. */
  async secondsLeft(): Promise<number> {
    const timer = this.page.getByRole("timer");
    await expect(timer).toContainText("restano");
    const shown = await timer.innerText();
    const [, minutes = "", seconds = ""] = /(\d+):(\d{2})/.exec(shown) ?? [];
    expect(seconds, `minutes and seconds in “${shown}”`).not.toBe("");
    return Number(minutes) * 60 + Number(seconds);
  }
}
