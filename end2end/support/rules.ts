import { expect, test } from "@playwright/test";

import type { CounterPage, Typed } from "../pages/counter";

/** A rule: what is typed, what is said of it, and to which fields that leads. */
export interface Rule {
  rule: string;
  typed: Typed;
  said: string | RegExp;
  leads: string[];
  /** What comes before. */
  first?: () => Promise<void>;
}

/** Meets each rule at its page: the words, the fields that they lead to, and what was typed still in its place. */
export async function meet(desk: CounterPage, rules: Rule[]): Promise<void> {
  for (const { rule, typed, said, leads, first } of rules) {
    await test.step(rule, async () => {
      await first?.();
      await desk.ask(typed);
      await expect(desk.alert.first(), rule).toContainText(said);
      await expect(desk.page, rule).toHaveTitle(/^Errore:/);
      expect(await desk.leads(), rule).toEqual(leads);
      const { patient } = desk.fields;
      if (patient !== undefined) await expect(patient, rule).toHaveValue(typed.patient ?? "");
      for (const [name, field] of Object.entries(desk.fields)) {
        if (name !== leads[0]) continue;
        await desk.alert.getByRole("link").first().click();
        await expect(field, rule).toBeFocused();
      }
    });
  }
}
