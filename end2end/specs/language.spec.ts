import { SignIn } from "../pages/sign-in";
import { expect, test } from "../support/test";

test("the language is switched, kept, and switched back @look", async ({ desk, inspect }) => {
  const page = desk.page;
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(page.getByRole("button", { name: "Esci" })).toHaveCount(0);
  await inspect("desk-english");
  await page.goto("/cases");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.getByRole("button", { name: "Italiano" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "I miei casi" })).toBeVisible();
});

test("the desk speaks Italian until someone chooses, whatever the browser speaks", async ({ browser, server }) => {
  const context = await browser.newContext({ baseURL: server.url, locale: "en-GB" });
  const page = await context.newPage();
  await page.goto("/login");
  await expect(page.locator("html")).toHaveAttribute("lang", "it");
  await context.close();
});

test("a page that does not exist says so and shows a way on @look", async ({ desk, inspect }) => {
  const answer = await desk.page.goto("/nessuna-pagina");
  expect(answer?.status()).toBe(404);
  await expect(desk.page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(desk.page.getByRole("link").first()).toBeVisible();
  await inspect("page-not-found");
});

test("what was typed stays when the language is switched", async ({ openCase, operator, desk }) => {
  const page = openCase.page;
  await openCase.card.fill("8047");
  await openCase.cun.fill("CUN-H17K");
  const typed = [await openCase.card.inputValue(), await openCase.cun.inputValue()];
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(page.locator("#card")).toHaveValue(typed[0] ?? "");
  await expect(page.locator("#cun")).toHaveValue(typed[1] ?? "");
  expect(page.url()).not.toContain("8047");
  await page.getByRole("button", { name: "Italiano" }).click();
  await expect(openCase.card).toHaveValue(typed[0] ?? "");
  await desk.signOut.click();
  const signIn = new SignIn(page);
  await signIn.username.fill(operator.username);
  await signIn.password.fill("una frase");
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(page.locator("#username")).toHaveValue(operator.username);
  await expect(page.locator("#password")).toHaveValue("");
  await page.getByRole("button", { name: "Italiano" }).click();
  await expect(signIn.heading).toBeVisible();
});
