import { DeskPage } from "../pages/desk";
import { SignIn } from "../pages/sign-in";
import { daysAgo, shown } from "../support/dates";
import { expect, test } from "../support/test";

test.describe("a call from beginning to end", () => {
  test("verify, unlock, confirm @look", async ({ openCase, caller, sandbox, inspect }) => {
    await inspect("case-1-opened");
    await openCase.verified(caller);
    await expect(openCase.page.getByRole("listitem").filter({ hasText: "Verifica" })).toContainText("TX");
    await inspect("case-2-verified");
    await openCase.unlocked(await sandbox.newOtp(), shown(daysAgo(3)));
    await inspect("case-3-unlocked");
    await openCase.confirm.click();
    await expect(openCase.outcome("Sblocco confermato")).toContainText("TX");
    await expect(openCase.confirm).toHaveCount(0);
    await expect(openCase.cancel).toHaveCount(0);
    await inspect("case-4-confirmed");
    await openCase.closed();
    const closed = openCase.page.getByRole("status").filter({ hasText: "chiuso" });
    await expect(closed).toBeVisible();
    await inspect("desk-case-closed");
    await openCase.page.reload();
    await expect(closed).toHaveCount(0);
  });

  test("verify, unlock, cancel", async ({ openCase, caller, sandbox, inspect }) => {
    await openCase.verified(caller);
    await openCase.unlocked(await sandbox.newOtp(), shown(daysAgo(3)));
    await openCase.cancel.click();
    await inspect("case-ask-cancel");
    await openCase.page.getByRole("link", { name: "Torna al caso" }).click();
    await openCase.cancelled();
    await inspect("case-4-cancelled");
    await expect(openCase.confirm).toHaveCount(0);
    await expect(openCase.cancel).toHaveCount(0);
  });

  test("someone without symptoms", async ({ openCase, caller, sandbox }) => {
    await openCase.verified(caller);
    await expect(openCase.page.getByText(shown(new Date(caller.sampled_on))).first()).toBeVisible();
    await openCase.otp.fill(await sandbox.newOtp());
    await openCase.asymptomatic.check();
    await openCase.unlock.click();
    await expect(openCase.confirm).toBeVisible();
  });

  test("each step offers only what may follow", async ({ openCase, caller, sandbox }) => {
    await expect(openCase.unlock).toHaveCount(0);
    await expect(openCase.confirm).toHaveCount(0);
    await openCase.verified(caller);
    await expect(openCase.confirm).toHaveCount(0);
    await openCase.unlocked(await sandbox.newOtp(), shown(daysAgo(1)));
    await expect(openCase.verify).toHaveCount(0);
  });

  for (const step of ["opened", "verified", "unlocked"] as const) {
    test(`the case can be closed, by two acts, when it is ${step}`, async ({
      openCase,
      caller,
      sandbox,
      desk,
      inspect,
    }) => {
      if (step !== "opened") await openCase.verified(caller);
      if (step === "unlocked") await openCase.unlocked(await sandbox.newOtp(), shown(daysAgo(1)));
      const path = new URL(openCase.page.url()).pathname;
      await openCase.close.click();
      await inspect(`case-ask-close-${step}`);
      await openCase.page.getByRole("link", { name: "Torna al caso" }).click();
      await expect(openCase.page).toHaveURL((url) => url.pathname === path);
      await openCase.closed();
      await desk.goto();
      await expect(desk.open).toBeVisible();
    });
  }

  test("the telephone system hands over the id of the call", async ({ desk }) => {
    await desk.page.goto("/?call=1606140000.42");
    await expect(desk.callId).toHaveValue("1606140000.42");
    await desk.open.click();
    await expect(desk.page.getByText("1606140000.42").first()).toBeVisible();
  });

  test("a call that comes meanwhile waits until the case is closed", async ({ openCase, desk, inspect }) => {
    await desk.page.goto("/?call=88214");
    await expect(openCase.heading).toBeVisible();
    await expect(openCase.status.filter({ hasText: "È arrivata la chiamata 88214" })).toBeVisible();
    await inspect("case-call-waiting");
    await openCase.closed();
    await expect(desk.callId).toHaveValue("88214");
  });

  test("a call that comes while nobody is signed in waits too", async ({ page, operator }) => {
    await page.goto("/?call=88215");
    const signIn = new SignIn(page);
    await expect(signIn.heading).toBeVisible();
    await signIn.giveName(operator.username, operator.password);
    await signIn.givePin(await operator.authenticator.next());
    await expect(new DeskPage(page).callId).toHaveValue("88215");
  });

  test("the desk leads back to the open case", async ({ openCase, desk }) => {
    const path = new URL(openCase.page.url()).pathname;
    await desk.goto();
    await expect(openCase.heading).toBeVisible();
    expect(new URL(desk.page.url()).pathname).toBe(path);
  });

  test("nothing that the caller says is in an address, a title or the browser's storage", async ({
    openCase,
    caller,
    sandbox,
  }) => {
    const seen: string[] = [];
    openCase.page.on("request", (request) => seen.push(request.url(), request.headers().referer ?? ""));
    const otp = await sandbox.newOtp();
    await openCase.verified(caller);
    await openCase.unlocked(otp, shown(daysAgo(3)));
    seen.push(await openCase.page.title());
    const storage = await openCase.page.context().storageState({ indexedDB: true });
    seen.push(JSON.stringify(storage));
    for (const said of [caller.card, caller.cun, caller.cun.slice(4), otp]) {
      expect(seen.join("\n")).not.toContain(said);
    }
    expect(storage.origins).toEqual([]);
  });
});
