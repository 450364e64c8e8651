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
