import { SignIn } from "../pages/sign-in";
import { daysAgo, shown } from "../support/dates";
import { expect, test } from "../support/test";

test.describe("a session left alone in the middle of a call", () => {
  test.use({ settings: { CENTRALINO__SESSION__IDLE: "6", CENTRALINO__SESSION__WARNING: "3" } });

  test("locks to the PIN, and the call goes on where it was", async ({
    openCase,
    operator,
    caller,
    sandbox,
    inspect,
  }) => {
    await openCase.verified(caller);
    await openCase.page.waitForTimeout(8_000);
    await openCase.page.goto(openCase.page.url());
    const signIn = new SignIn(openCase.page);
    await expect(signIn.pinHeading).toBeVisible();
    await expect(openCase.otp).toHaveCount(0);
    await inspect("login-pin-locked");
    await signIn.givePin(await operator.authenticator.next());
    await openCase.page.goto("/");
    await openCase.unlocked(await sandbox.newOtp(), shown(daysAgo(2)));
  });

  test("a form sent too late sends nothing, and the call goes on", async ({ openCase, operator, caller, sandbox }) => {
    await openCase.verified(caller);
    const before = await sandbox.callsOf("unlock");
    await openCase.otp.fill(await sandbox.newOtp());
    await openCase.onset.fill(shown(daysAgo(2)));
    await openCase.page.waitForTimeout(8_000);
    if (await openCase.unlock.isVisible()) await openCase.unlock.click();
    const signIn = new SignIn(openCase.page);
    await expect(signIn.pinHeading).toBeVisible();
    expect(await sandbox.callsOf("unlock")).toBe(before);
    await signIn.givePin(await operator.authenticator.next());
    await openCase.page.goto("/");
    await expect(openCase.otp).toBeVisible();
  });

  test("warns before it locks, and is extended in one action @js", async ({ openCase, inspect }) => {
    const extend = openCase.page.getByRole("button", { name: "Resta collegato" });
    await expect(extend).toBeVisible({ timeout: 8_000 });
    await inspect("session-warning");
    await extend.click();
    await expect(extend).toBeHidden();
    await openCase.page.waitForTimeout(2_500);
    await openCase.page.reload();
    await expect(openCase.heading).toBeVisible();
  });
});

test.describe("a session that came to its end in the middle of a call", () => {
  test.use({ settings: { CENTRALINO__SESSION__ABSOLUTE: "8" } });

  test("asks for name, password and PIN, and the case is still open", async ({ openCase, operator, caller }) => {
    await openCase.verified(caller);
    await openCase.page.waitForTimeout(9_000);
    await openCase.page.reload();
    const signIn = new SignIn(openCase.page);
    await expect(signIn.heading).toBeVisible();
    await signIn.complete(operator, /^Caso/);
    // What the caller had said is gone with the session: the first step is asked for again.
    await expect(openCase.card).toBeVisible();
    await expect(openCase.card).toHaveValue("");
  });
});
