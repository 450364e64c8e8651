import { SignIn } from "../pages/sign-in";
import { invite } from "../support/operator";
import { expect, test } from "../support/test";

test.describe("signing in", () => {
  test("name and password, then the PIN @look", async ({ page, operator, inspect }) => {
    const signIn = new SignIn(page);
    await signIn.open();
    await inspect("login");
    await signIn.giveName(operator.username, operator.password);
    await expect(signIn.pinHeading).toBeVisible();
    await inspect("login-pin");
    await signIn.givePin(await operator.authenticator.next());
    await expect(page.getByRole("heading", { level: 1, name: "Sportello" })).toBeVisible();
    await inspect("desk");
  });

  test("a page of the desk leads to signing in", async ({ page }) => {
    for (const path of ["/", "/cases", "/confirm"]) {
      await page.goto(path);
      await expect(page).toHaveURL(/\/login(\?|$)/);
    }
  });

  test("a wrong password is refused, the name kept, the password not @look", async ({ page, operator, inspect }) => {
    const signIn = new SignIn(page);
    await signIn.open();
    await signIn.giveName(operator.username, "una frase sbagliata");
    await expect(signIn.alert).toBeVisible();
    await expect(page).toHaveTitle(/^Errore:/);
    await expect(signIn.username).toHaveValue(operator.username);
    await expect(signIn.password).toHaveValue("");
    await inspect("login-refused");
  });

  test("an unknown name is answered like a wrong password", async ({ page, operator }) => {
    const signIn = new SignIn(page);
    const answers: string[] = [];
    for (const name of [operator.username, "nessuno.qui"]) {
      await signIn.open();
      await signIn.giveName(name, "una frase sbagliata");
      await expect(signIn.alert).toBeVisible();
      const form = await page.locator("form[action='/login']").innerText();
      answers.push(`${await signIn.alert.innerText()} ${form}`.replaceAll(name, ""));
    }
    expect(answers[1]).toBe(answers[0]);
  });

  test("a wrong PIN is refused, and the right one passes after it", async ({ page, operator }) => {
    const signIn = new SignIn(page);
    await signIn.toPin(operator);
    await signIn.givePin(operator.authenticator.wrong());
    await expect(signIn.alert).toBeVisible();
    await expect(page).toHaveTitle(/^Errore:/);
    await signIn.givePin(await operator.authenticator.next());
    await expect(page.getByRole("heading", { level: 1, name: "Sportello" })).toBeVisible();
  });

  test("a PIN passes once", async ({ page, operator, desk }) => {
    await desk.signOut.click();
    const signIn = new SignIn(page);
    await signIn.toPin(operator);
    await signIn.givePin(operator.authenticator.last());
    await expect(signIn.alert).toBeVisible();
    await expect(signIn.pinHeading).toBeVisible();
  });

  test("a recovery code passes in place of the PIN, once", async ({ page, operator, server, browser }) => {
    const signIn = new SignIn(page);
    const code = operator.recoveryCodes[0] ?? "";
    await signIn.toPin(operator);
    await signIn.givePin(code);
    await expect(page.getByRole("heading", { level: 1, name: "Sportello" })).toBeVisible();
    const again = new SignIn(await (await browser.newContext({ baseURL: server.url })).newPage());
    await again.toPin(operator);
    await again.givePin(code);
    await expect(again.alert).toBeVisible();
    await again.page.context().close();
  });

  test("ten wrong passwords lock the account, and the time left is shown", async ({ page, operator, inspect }) => {
    const signIn = new SignIn(page);
    await signIn.open();
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await signIn.giveName(operator.username, `una frase sbagliata ${attempt}`);
      await expect(signIn.alert).toBeVisible();
    }
    await signIn.giveName(operator.username, operator.password);
    await expect(signIn.alert).toContainText(/\b1[45] min/);
    await inspect("login-locked");
  });

  test("a name that nobody has locks in the same way", async ({ page }, info) => {
    const signIn = new SignIn(page);
    await signIn.open();
    for (let attempt = 0; attempt <= 10; attempt += 1) {
      await signIn.giveName(`nessuno-${info.testId.slice(-12)}`, "una frase sbagliata");
      await expect(signIn.alert).toBeVisible();
    }
    await expect(signIn.alert).toContainText(/\b1[45] min/);
  });

  test("five wrong PINs lock the account, and the time left is shown", async ({ page, operator }) => {
    const signIn = new SignIn(page);
    await signIn.toPin(operator);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await signIn.givePin(operator.authenticator.wrong());
      await expect(signIn.alert).toBeVisible();
    }
    await expect(signIn.alert).toContainText(/\b1[45] min/);
    await signIn.toPin(operator);
    await signIn.givePin(await operator.authenticator.next());
    await expect(signIn.alert).toContainText(/\b1[45] min/);
  });

  test("a disabled account is refused, and a session of it is over", async ({ page, operator, desk, server }) => {
    await server.command("operator", "disable", operator.username);
    await desk.goto();
    const signIn = new SignIn(page);
    await expect(signIn.heading).toBeVisible();
    await signIn.giveName(operator.username, operator.password);
    await expect(signIn.alert).toBeVisible();
    await expect(signIn.pinHeading).toHaveCount(0);
  });

  test("an account that is not activated yet is refused", async ({ page, server, sandbox }) => {
    const { operator } = await invite(server, sandbox);
    const signIn = new SignIn(page);
    await signIn.open();
    await signIn.giveName(operator.username, operator.password);
    await expect(signIn.alert).toBeVisible();
  });

  test("signing in elsewhere ends the first session, which is told why", async ({
    operator,
    desk,
    browser,
    server,
  }) => {
    const context = await browser.newContext({ baseURL: server.url });
    await new SignIn(await context.newPage()).complete(operator);
    await context.close();
    await desk.goto();
    await expect(new SignIn(desk.page).heading).toBeVisible();
    await expect(desk.page.locator("main")).toContainText(/altro|altra|altrove/);
  });

  test("after signing out, going back shows nothing", async ({ page, desk, openCase }) => {
    await expect(openCase.heading).toBeVisible();
    await desk.signOut.click();
    await expect(new SignIn(page).heading).toBeVisible();
    await page.goBack();
    await expect(openCase.heading).toHaveCount(0);
    await desk.goto();
    await expect(new SignIn(page).heading).toBeVisible();
  });
});
