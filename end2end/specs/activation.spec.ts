import { ActivationPage } from "../pages/activation";
import { SignIn } from "../pages/sign-in";
import { invite } from "../support/operator";
import { expect, test } from "../support/test";

test.describe("activating an account", () => {
  test("password, first PIN, ten recovery codes, and in @look", async ({ page, server, sandbox, inspect }) => {
    const { operator, link } = await invite(server, sandbox);
    const activation = new ActivationPage(page);
    await activation.open(link, operator);
    await expect(page.getByRole("img", { name: /QR/ })).toBeVisible();
    await inspect("activate");
    await activation.complete(link, operator);
    await inspect("activate-done");
    expect(new Set(operator.recoveryCodes).size).toBe(10);
    await new SignIn(page).complete(operator);
  });

  test("a weak password is refused, each time with its reason", async ({ page, server, sandbox }) => {
    const { operator, link } = await invite(server, sandbox);
    const activation = new ActivationPage(page);
    await activation.open(link, operator);
    const reasons = new Set<string>();
    for (const password of ["corta", `${operator.username} e basta`, "password123456", "x".repeat(129)]) {
      await activation.give(password, "000000");
      await expect(activation.alert).toBeVisible();
      await expect(page).toHaveTitle(/^Errore:/);
      await expect(activation.password).toHaveValue("");
      reasons.add(await activation.alert.getByRole("link").first().innerText());
    }
    expect(reasons.size).toBe(3);
  });

  test("two different passwords are refused", async ({ page, server, sandbox }) => {
    const { operator, link } = await invite(server, sandbox);
    const activation = new ActivationPage(page);
    await activation.open(link, operator);
    await activation.give(operator.password, await operator.authenticator.next(), `${operator.password}!`);
    await expect(activation.alert).toBeVisible();
    await expect(activation.again).toHaveAttribute("aria-invalid", "true");
  });

  test("a wrong first PIN is refused, and the same secret stays", async ({ page, server, sandbox, inspect }) => {
    const { operator, link } = await invite(server, sandbox);
    const activation = new ActivationPage(page);
    await activation.open(link, operator);
    await activation.give(operator.password, operator.authenticator.wrong());
    await expect(activation.alert).toBeVisible();
    await inspect("activate-refused");
    await activation.give(operator.password, await operator.authenticator.next());
    await expect(activation.doneHeading).toBeVisible();
  });

  test("a link works once", async ({ page, server, sandbox, inspect }) => {
    const { operator, link } = await invite(server, sandbox);
    const activation = new ActivationPage(page);
    await activation.complete(link, operator);
    const answer = await page.goto(link);
    expect(answer?.status()).toBe(404);
    await expect(activation.password).toHaveCount(0);
    await inspect("activate-dead-link");
  });

  test("a link that nobody was given does not work", async ({ page }) => {
    const answer = await page.goto(`/activate/${"A".repeat(43)}`);
    expect(answer?.status()).toBe(404);
  });
});
