import { AccountForm, OperatorsPage } from "../pages/operators";
import { SignIn } from "../pages/sign-in";
import { type Operator, someFiscalCode } from "../support/operator";
import { newOperator, signIn } from "../support/quick";
import { expect, test as base } from "../support/test";

/** The list of accounts, with a supervisor signed in. */
const test = base.extend<{ supervisor: Operator; list: OperatorsPage }>({
  supervisor: async ({ server, sandbox }, use) => use(await newOperator(server, sandbox, "supervisor")),
  list: async ({ page, server, supervisor }, use) => {
    await signIn(page.request, server, supervisor);
    const list = new OperatorsPage(page);
    await list.goto();
    await use(list);
  },
});

test.describe("a supervisor", () => {
  test("makes an account, hands the link over, and takes it away again @look", async ({ list, inspect, browser }) => {
    const { page } = list;
    const username = `n.${Date.now()}`;
    const form = new AccountForm(page);
    await list.create.click();
    await form.name.fill("Nicolò D'Amico");
    await form.username.fill(username);
    await form.fiscalCode.fill("VRDLGU75B02F205B");
    await form.create.click();
    await expect(form.alert).toContainText("La lettera finale non corrisponde");
    await expect(form.name).toHaveValue("Nicolò D'Amico");
    await inspect("operator-new-refused");
    await form.fiscalCode.fill(someFiscalCode());
    await form.queue("Tamponi").check();
    await form.create.click();
    await expect(form.heading("Nicolò D'Amico")).toBeVisible();
    await expect(form.status).toContainText("creato");
    await inspect("operator-created");
    const link = await form.link.innerText();
    const visitor = await browser.newPage();
    await visitor.goto(link);
    await expect(visitor.getByRole("heading", { level: 1, name: "Attiva il tuo account" })).toBeVisible();
    await visitor.close();
    await page.reload();
    await expect(form.heading("Nicolò D'Amico")).toBeVisible();
    await expect(form.link).toHaveCount(0);
    await page.getByRole("link", { name: "Disabilita", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Disabilitare Nicolò D'Amico?" })).toBeVisible();
    await inspect("operator-disable");
    await page.getByRole("button", { name: "Disabilita", exact: true }).click();
    await expect(form.status).toContainText("Account disabilitato");
    await list.goto();
    await list.find(`damico ${username}`);
    await expect(list.rows).toHaveCount(1);
    await expect(list.rows).toContainText("Disabilitato");
    expect(page.url()).not.toContain("damico");
    await inspect("operators");
  });

  test("changes what an operator sees, at once", async ({ list, server, sandbox, browser }) => {
    const operator = await newOperator(server, sandbox);
    const context = await browser.newContext({ baseURL: server.url });
    const desk = await context.newPage();
    await new SignIn(desk).complete(operator);
    await list.find(operator.username);
    // The row leads to the account, wherever it is clicked.
    await list.rows.first().click();
    const form = new AccountForm(list.page);
    await form.queue("Immuni").uncheck();
    await form.queue("ASL").check();
    await form.save.press("Enter");
    await expect(form.status).toContainText("Modifiche salvate");
    expect((await desk.goto("/cases"))?.status()).toBe(403);
    await expect(desk.getByRole("heading", { level: 1, name: "Sportello di un'altra coda" })).toBeVisible();
    await form.act("Termina sessioni");
    await expect(form.status).toContainText("Sessioni terminate");
    await desk.goto("/");
    await expect(new SignIn(desk).heading).toBeVisible();
    await context.close();
  });
});
