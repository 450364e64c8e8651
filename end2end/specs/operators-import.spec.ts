import { readFile } from "node:fs/promises";

import { someFiscalCode } from "../support/operator";
import { newOperator, signIn } from "../support/quick";
import { expect, test } from "../support/test";

test.describe("operators from a file and to a file", () => {
  test("a file is looked at, applied, its links are taken, and the list is exported @look", async ({
    page,
    server,
    sandbox,
    inspect,
  }) => {
    await signIn(page.request, server, await newOperator(server, sandbox, "supervisor"));
    await page.goto("/operators");
    await page.getByRole("link", { name: "Importa da CSV" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Importa operatori" })).toBeVisible();
    await inspect("import");
    const head = "Nome utente;Nome e cognome;Codice fiscale;Code di servizio";
    const text = page.getByRole("textbox", { name: "Oppure testo incollato" });
    const check = page.getByRole("button", { name: "Controlla" });
    await text.fill(`${head}\na.uno;Anna Uno;${someFiscalCode()};Immuni\nx;;sbagliato;altro`);
    await check.click();
    await expect(page.getByRole("alert")).toContainText("Qualche riga è rifiutata");
    await inspect("import-refused");
    await page.getByRole("link", { name: "Invia un altro file" }).click();
    const buffer = Buffer.from(
      `\ufeff${head}\na.uno;Anna Uno;${someFiscalCode()};Immuni\nb.due;Bruno Due;${someFiscalCode()};ASL\n`,
    );
    await page.getByLabel("File CSV").setInputFiles({ name: "operatori.csv", mimeType: "text/csv", buffer });
    await check.click();
    await inspect("import-plan");
    await page.getByRole("button", { name: "Crea 2 account" }).click();
    await expect(page.getByText("Account creati: 2")).toBeVisible();
    await inspect("import-done");
    const links = page.waitForEvent("download");
    await page.getByRole("button", { name: "Scarica i collegamenti (CSV)" }).click();
    expect(await readFile(await (await links).path(), "utf8")).toMatch(/b\.due;Bruno Due;http:.*\/activate\//);
    await page.getByRole("button", { name: "Ho salvato i collegamenti" }).click();
    await expect(page.getByRole("link", { name: "Bruno Due" })).toBeVisible();
    for (const [name, end] of [
      ["Esporta CSV", ".csv"],
      ["Esporta XLSX", ".xlsx"],
    ] as const) {
      const file = page.waitForEvent("download");
      await page.getByRole("button", { name }).click();
      expect((await file).suggestedFilename()).toContain(end);
    }
  });
});
