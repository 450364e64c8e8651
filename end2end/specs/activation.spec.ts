import { readFileSync } from "node:fs";

import { ActivationPage } from "../pages/activation";
import { SignIn } from "../pages/sign-in";
import { invite } from "../support/operator";
import { expect, test } from "../support/test";

test.describe("activating an account", () => {
  test("password, first PIN, ten recovery codes, and in @look", async ({ page, server, sandbox, inspect }) => {
    const { operator, link } = await invite(server, sandbox);
    const activation = new ActivationPage(page);
    await activation.open(link);
    await inspect("activate-password");
    await activation.givePassword(operator.password);
    await expect(page.getByRole("img", { name: /QR/ })).toBeVisible();
    await inspect("activate-pin");
    await activation.pair(operator);
    await activation.givePin(await operator.authenticator.next());
    await expect(activation.codes).toHaveCount(10);
    await inspect("activate-codes");
    await activation.saved.click();
    await expect(activation.doneHeading).toBeVisible();
    await inspect("activate-done");
    await page.getByRole("link", { name: "Vai all'accesso" }).click();
    await new SignIn(page).complete(operator);
  });

  test("a weak password is refused, each time with its reason", async ({ page, server, sandbox, inspect }) => {
    const { operator, link } = await invite(server, sandbox);
    const activation = new ActivationPage(page);
    await activation.open(link);
    const reasons = new Set<string>();
    for (const password of ["corta", `${operator.username} e basta`, "password123456", "x".repeat(129)]) {
      await activation.givePassword(password);
      await expect(activation.alert).toBeVisible();
      await expect(page).toHaveTitle(/^Errore:/);
      await expect(activation.password).toHaveValue("");
      reasons.add(await activation.alert.getByRole("link").first().innerText());
    }
    expect(reasons.size).toBe(3);
    await inspect("activate-refused");
  });

  test("two different passwords are refused", async ({ page, server, sandbox }) => {
    const { operator, link } = await invite(server, sandbox);
    const activation = new ActivationPage(page);
    await activation.open(link);
    await activation.givePassword(operator.password, `${operator.password}!`);
    await expect(activation.alert).toBeVisible();
    await expect(activation.again).toHaveAttribute("aria-invalid", "true");
  });

  test("a wrong first PIN asks for another PIN alone", async ({ page, server, sandbox, inspect }) => {
    const { operator, link } = await invite(server, sandbox);
    const activation = new ActivationPage(page);
    await activation.open(link);
    await activation.givePassword(operator.password);
    await activation.pair(operator);
    await activation.givePin(operator.authenticator.wrong());
    await expect(activation.alert).toBeVisible();
    await expect(activation.password).toHaveCount(0);
    await inspect("activate-pin-refused");
    await activation.givePin(await operator.authenticator.next());
    await expect(activation.saved).toBeVisible();
  });

  test("the password can be changed before the first PIN", async ({ page, server, sandbox }) => {
    const { operator, link } = await invite(server, sandbox);
    const activation = new ActivationPage(page);
    await activation.open(link);
    await activation.givePassword("una frase di cui mi pento");
    await activation.otherPassword.click();
    await activation.givePassword(operator.password);
    await activation.pair(operator);
    await activation.givePin(await operator.authenticator.next());
    await activation.saved.click();
    await new SignIn(page).complete(operator);
  });

  test("the recovery codes stay until they are saved", async ({ page, server, sandbox }) => {
    const { operator, link } = await invite(server, sandbox);
    const activation = new ActivationPage(page);
    await activation.toCodes(link, operator);
    const shown = (await activation.codes.allInnerTexts()).map((code) => code.trim());
    await page.reload();
    await expect(activation.codes.first()).toContainText(shown[0] ?? "");
    await page.getByRole("button", { name: "English" }).click();
    await expect(page.getByRole("list", { name: "Recovery codes" }).getByRole("listitem").last()).toContainText(
      shown[9] ?? "",
    );
    await page.getByRole("button", { name: "Italiano" }).click();
    const [file] = await Promise.all([page.waitForEvent("download"), activation.file.click()]);
    const saved = readFileSync(await file.path(), "utf8");
    for (const code of shown) expect(saved).toContain(code);
    await activation.saved.click();
    await expect(activation.doneHeading).toBeVisible();
    await page.goBack();
    for (const code of shown) await expect(page.getByText(code)).toHaveCount(0);
  });

  test("the recovery codes are copied a line each @js", async ({ page, server, sandbox, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const { operator, link } = await invite(server, sandbox);
    const activation = new ActivationPage(page);
    await activation.toCodes(link, operator);
    const shown = (await activation.codes.allInnerTexts()).map((code) => code.trim());
    await page.getByRole("button", { name: "Copia i codici" }).click();
    await expect(page.getByRole("status").filter({ hasText: "Copiati" })).toBeVisible();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied.trim().split("\n")).toEqual(shown);
    await expect(page.getByRole("button", { name: "Stampa" })).toBeVisible();
  });

  test("a used link says that the account is active", async ({ page, server, sandbox }) => {
    const { operator, link } = await invite(server, sandbox);
    const activation = new ActivationPage(page);
    await activation.complete(link, operator);
    await page.goto("/login");
    await page.goto(link);
    await expect(activation.doneHeading).toBeVisible();
    await expect(activation.password).toHaveCount(0);
    await expect(page.getByRole("link", { name: "Vai all'accesso" })).toBeVisible();
  });

  test("a link that nobody was given does not work, and says whom to ask", async ({ page, inspect }) => {
    const answer = await page.goto(`/activate/${"A".repeat(43)}`);
    expect(answer?.status()).toBe(404);
    await expect(page.locator("main")).toContainText("supervisore");
    await inspect("activate-dead-link");
  });
});
