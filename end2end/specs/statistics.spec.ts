import { readFile } from "node:fs/promises";

import { DeskPage } from "../pages/desk";
import { LivePage, StatisticsPage } from "../pages/statistics";
import { newOperator, signIn } from "../support/quick";
import { expect, test as base } from "../support/test";

/** "Andamento", with a supervisor signed in who has taken a call today. */
const test = base.extend<{ statistics: StatisticsPage }>({
  statistics: async ({ server, sandbox, page }, use) => {
    await signIn(page.request, server, await newOperator(server, sandbox, "supervisor"));
    const desk = new DeskPage(page);
    await desk.goto();
    const opened = await desk.openCase("88213");
    await opened.verified(await sandbox.newCaller());
    await page.getByRole("navigation", { name: "Principale" }).getByRole("link", { name: "Andamento" }).click();
    const statistics = new StatisticsPage(page);
    await expect(statistics.heading).toBeVisible();
    await use(statistics);
  },
});

test.describe("Andamento", () => {
  test("shows a period in pictures with their numbers beside them @look", async ({ statistics, inspect }) => {
    await expect(statistics.pictures).toHaveCount(3);
    await expect(statistics.tables).toHaveCount(2);
    await expect(statistics.tables.first()).toContainText("Totale");
    await inspect("statistics-hours");
    await statistics.by.selectOption({ label: "per operatore" });
    await statistics.show.click();
    await expect(statistics.tables.first()).toContainText("Prova Collaudo");
    await inspect("statistics-operators");
    const csv = statistics.page.waitForEvent("download");
    await statistics.exportCsv.click();
    expect(await readFile(await (await csv).path(), "utf8")).toContain("Operatore;Nome utente;Casi aperti;");
    await statistics.from.fill("31/02/2021");
    await statistics.show.click();
    await expect(statistics.alert).toContainText("Non è una data");
    await expect(statistics.from).toHaveValue("31/02/2021");
    await inspect("statistics-refused");
  });

  test("in diretta refreshes itself @look", async ({ statistics, inspect }) => {
    await statistics.parts.getByRole("link", { name: "In diretta" }).click();
    const live = new LivePage(statistics.page);
    await expect(live.heading).toBeVisible();
    await expect(live.answers).toContainText("Verifica positività");
    await inspect("statistics-live");
    const before = await live.updated.textContent();
    await expect(live.updated).not.toHaveText(before ?? "", { timeout: 25_000 });
    await live.page.getByRole("link", { name: "Sospendi l'aggiornamento" }).click();
    await expect(live.page.getByRole("link", { name: "Riprendi l'aggiornamento" })).toBeVisible();
  });
});
