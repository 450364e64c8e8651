import { SignIn } from "../pages/sign-in";
import { daysAgo, shown } from "../support/dates";
import { expect, test } from "../support/test";

// A session left alone in the middle of a call.
test.use({ settings: { CENTRALINO__SESSION__IDLE: "8", CENTRALINO__SESSION__WARNING: "4" } });

test("locks to the PIN, and the call goes on where it was", async ({
  openCase,
  operator,
  caller,
  sandbox,
  inspect,
}) => {
  await openCase.verified(caller);
  await openCase.page.waitForTimeout(10_000);
  await openCase.page.goto(openCase.page.url());
  const signIn = new SignIn(openCase.page);
  await expect(signIn.pinHeading).toBeVisible();
  await expect(openCase.otp).toHaveCount(0);
  await inspect("login-pin-locked");
  await signIn.givePin(await operator.authenticator.next());
  await openCase.page.goto("/");
  await openCase.unlocked(await sandbox.newOtp(), shown(daysAgo(2)));
});

test("a form sent too late is sent again after the PIN @nojs", async ({
  openCase,
  operator,
  caller,
  sandbox,
  context,
  inspect,
}) => {
  await openCase.verified(caller);
  const before = await sandbox.callsOf("unlock");
  await openCase.otp.fill(await sandbox.newOtp());
  await openCase.onset.fill(shown(daysAgo(2)));
  await openCase.page.waitForTimeout(10_000);
  await openCase.unlock.click();
  await expect(openCase.page.getByRole("heading", { level: 1, name: "Sessione interrotta" })).toBeVisible();
  expect(await sandbox.callsOf("unlock")).toBe(before);
  await inspect("session-interrupted");
  const [tab] = await Promise.all([
    context.waitForEvent("page"),
    openCase.page.getByRole("link", { name: "Accedi in un'altra scheda" }).click(),
  ]);
  const signIn = new SignIn(tab);
  await expect(signIn.pinHeading).toBeVisible();
  await signIn.givePin(await operator.authenticator.next());
  await expect(tab.getByRole("heading", { level: 1, name: /^Caso/ })).toBeVisible();
  // The browser has kept what was typed, and sends it again.
  await openCase.page.reload();
  await expect(openCase.outcome("Codice sbloccato")).toBeVisible();
  expect(await sandbox.callsOf("unlock")).toBe(before + 1);
});
