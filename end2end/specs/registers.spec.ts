import { readFile } from "node:fs/promises";

import { RegisterPage } from "../pages/register";
import { SignIn } from "../pages/sign-in";
import { newOperator } from "../support/quick";
import { expect, test as base } from "../support/test";

/** The register of accesses, with a supervisor signed in. */
const test = base.extend<{ register: RegisterPage; supervisor: string }>({
  supervisor: async ({ server, sandbox, page }, use) => {
    const supervisor = await newOperator(server, sandbox, "supervisor");
    await new SignIn(page).complete(supervisor);
    await use(supervisor.username);
  },
  register: async ({ page, supervisor }, use) => {
    expect(supervisor).not.toBe("");
    await page.getByRole("navigation", { name: "Principale" }).getByRole("link", { name: "Registri" }).click();
    const register = new RegisterPage(page, "Registro accessi");
    await expect(register.heading).toBeVisible();
    await use(register);
  },
});

test.describe("the registers", () => {
  test("show who came in, each entry with all that it tells @look", async ({ register, supervisor, inspect }) => {
    await register.actor.fill(supervisor);
    await register.action.selectOption({ label: "Accesso" });
    await register.search();
    await expect(register.rows).toHaveCount(1);
    await expect(register.actor).toHaveValue(supervisor);
    const entry = register.rows.first();
    await expect(entry).toContainText("Eseguita");
    await expect(entry.getByText("Chrome")).toBeHidden();
    await entry.locator("summary").click();
    await expect(entry.getByText(/^Chrome/)).toBeVisible();
    await inspect("register-access");
  });

  test("say what can't be found, and keep what was typed @look", async ({ register, inspect }) => {
    await register.actor.fill("CUN-H17KZ6247A");
    await register.from.fill("31/02/2021");
    await register.search();
    await expect(register.alert).toContainText("Nessuna voce del registro è di questo utente");
    await expect(register.actor).toHaveValue("CUN-H17KZ6247A");
    await expect(register.from).toHaveValue("31/02/2021");
    expect(register.page.url()).not.toContain("H17KZ");
    await inspect("register-refused");
  });

  test("show what supervisors look at, too @look", async ({ register, supervisor, inspect }) => {
    await register.tabs.getByRole("link", { name: "Registro amministrazione" }).click();
    const admin = new RegisterPage(register.page, "Registro amministrazione");
    await expect(admin.heading).toBeVisible();
    await admin.actor.fill(supervisor);
    await admin.action.selectOption({ label: "Registro letto" });
    await admin.search();
    await expect(admin.rows.first()).toContainText("Registro letto");
    await admin.rows.first().locator("summary").click();
    await inspect("register-admin");
  });

  test("are exported for a spreadsheet and with their proof", async ({ register, server }) => {
    const csv = register.page.waitForEvent("download");
    await register.exportCsv.click();
    expect(await readFile(await (await csv).path(), "utf8")).toContain("seq;at;actor");
    const jsonLines = register.page.waitForEvent("download");
    await register.exportProof.click();
    const file = await (await jsonLines).path();
    expect(await server.command("register", "verify", "--export", file)).toMatch(/^access\twhole\t1-\d+$/m);
    expect(await server.command("register", "verify")).toMatch(/^admin\twhole\t\d+$/m);
  });

  test("are not for operators", async ({ desk }) => {
    await expect(desk.page.getByRole("link", { name: "Registri" })).toHaveCount(0);
    expect((await desk.page.goto("/registers/access"))?.status()).toBe(403);
  });
});
