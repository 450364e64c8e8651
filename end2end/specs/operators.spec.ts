import { DeskPage } from "../pages/desk";
import { SignIn } from "../pages/sign-in";
import { daysAgo, shown } from "../support/dates";
import { newOperator } from "../support/quick";
import { expect, test } from "../support/test";

test.describe("two operators at once", () => {
  test("each takes a call of their own", async ({ openCase, caller, browser, server, sandbox }) => {
    const context = await browser.newContext({ baseURL: server.url });
    const page = await context.newPage();
    await new SignIn(page).complete(await newOperator(server, sandbox));
    const otherCase = await new DeskPage(page).openCase("88214");
    const otherCaller = await sandbox.newCaller();
    await Promise.all([openCase.verified(caller), otherCase.verified(otherCaller)]);
    await openCase.unlocked(await sandbox.newOtp(), shown(daysAgo(2)));
    await otherCase.unlocked(await sandbox.newOtp(), shown(daysAgo(4)));
    await context.close();
  });

  test("one does not see the other's case", async ({ openCase, browser, server, sandbox, inspect }) => {
    const context = await browser.newContext({ baseURL: server.url });
    const page = await context.newPage();
    await new SignIn(page).complete(await newOperator(server, sandbox));
    const answer = await page.goto(new URL(openCase.page.url()).pathname);
    expect(answer?.status()).toBe(404);
    await expect(page.getByText("88213")).toHaveCount(0);
    await inspect("not-found", page);
    await page.goto("/cases");
    await expect(page.getByText("88213")).toHaveCount(0);
    await context.close();
  });
});
