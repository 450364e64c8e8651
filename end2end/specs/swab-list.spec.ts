import { readFile } from "node:fs/promises";

import { SwabListPage } from "../pages/swab-list";
import { newOperator, signIn } from "../support/quick";
import { type Rule, meet } from "../support/rules";
import type { SwabTest } from "../support/sandbox";
import { expect, test as base } from "../support/test";

/** Who is enabled to list, in the sandbox. */
const LISTER = { queue: "swabs", fiscalCode: "VRDLGU75B02F205A" } as const;
const PLACE = "Drive-in Area Nord";
const SITE = ["structure", "description"];

const test = base.extend<{ list: SwabListPage }>({
  list: async ({ server, sandbox, page }, use) => {
    await signIn(page.request, server, await newOperator(server, sandbox, "operator", LISTER));
    const list = new SwabListPage(page);
    await list.goto();
    await expect(list.heading).toBeVisible();
    await use(list);
  },
});

/** As many tests of a place; every third is positive. */
function tests(count: number, description: string): SwabTest[] {
  const common = { fiscal_code: "RSSMRA80A01H501U", sampled_on: "2021-01-03", description };
  return Array.from({ length: count }, (_, index) => ({ ...common, result: index % 3 === 0 ? "P" : "N" }));
}

test.describe("Elenco tamponi", () => {
  test("shows the tests of a day and gives them as a file @look", async ({ list, sandbox, inspect, page }) => {
    const [first] = await sandbox.newTests(tests(3, PLACE));
    await inspect("swab-list-empty");
    await sandbox.breakNext("swab_list", "wrong_cun");
    await list.list(PLACE);
    await expect(list.status.first()).toContainText("Elenco ricevuto");
    await expect(list.table).toContainText("CUN sbagliato: non lo comunichi a nessuno");
    await inspect("swab-list");
    await list.from.fill("31/02/2021");
    await list.send.click();
    await expect(list.alert).toContainText("non esiste");
    await inspect("swab-list-refused");
    await list.from.fill("");
    const csv = page.waitForEvent("download");
    await list.exportCsv.click();
    expect(await readFile(await (await csv).path(), "utf8")).toContain(`;Positivo;Molecolare;${first}\r\n`);
    expect(page.url()).toMatch(/\/swabs\/list$/);
    await list.list("Altrove");
    await expect(page.getByText("Nessun test comunicato")).toBeVisible({ timeout: 3_000 });
  });

  test("tells each rule and each code where it belongs @js", async ({ list, sandbox }) => {
    const asked = { description: PLACE, from: "04/01/2021", to: "10/01/2021" };
    const refused = (code: string, leads: string[]): Rule => {
      const first = async (): Promise<void> => sandbox.refuseNext("swab_list", code);
      return { rule: code, typed: asked, said: `${code} SANDBOX: `, leads, first };
    };
    await meet(list, [
      { rule: "T2", typed: { ...asked, description: "" }, said: "Manca la struttura", leads: SITE },
      { rule: "T2", typed: { ...asked, structure: "190-201-123456" }, said: "indicata due volte", leads: SITE },
      { rule: "T3", typed: { ...asked, description: "à".repeat(257) }, said: "257 caratteri", leads: ["description"] },
      { rule: "T14", typed: { ...asked, to: "03/01/2021" }, said: "viene prima del primo", leads: ["to"] },
      refused("9011", ["description"]),
      refused("9012", ["description"]),
      refused("9017", ["from", "to"]),
      refused("9040", []),
      refused("9001", []),
    ]);
    await list.ask(asked);
    await expect(list.status.first()).toContainText("Elenco ricevuto");
  });

  test("opens a group of many by keyboard @look", async ({ list, sandbox, inspect, page }) => {
    const place = "Centro vaccinale";
    await sandbox.newTests(tests(450, place));
    await list.list(place);
    await expect(list.groups).toHaveText([/^Test da 1 a 200/, /^Test da 201 a 400/, /^Test da 401 a 450/]);
    await expect(list.table).toHaveCount(1);
    await expect(list.table.getByRole("row")).toHaveCount(201);
    const last = list.groups.last();
    await last.focus();
    await page.keyboard.press("Enter");
    await expect(list.table.last().getByRole("row")).toHaveCount(51);
    await expect(last).toBeInViewport();
    await inspect("swab-list-groups");
  });

  test("copies a CUN @js", async ({ list, sandbox, page, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const place = "Ambulatorio";
    const [cun] = await sandbox.newTests(tests(1, place));
    await list.list(place);
    await page.getByRole("button", { name: `Copia ${cun}` }).click();
    await expect(page.getByRole("status").filter({ hasText: "Copiato" })).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(cun);
  });
});
