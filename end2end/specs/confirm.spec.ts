import { ConfirmPage } from "../pages/confirm";
import { daysAgo, shown } from "../support/dates";
import { expect, test } from "../support/test";

test.describe("deferred confirmation", () => {
  test("the CUN alone, after a call that ended before its confirmation @look", async ({
    openCase,
    sandbox,
    inspect,
  }) => {
    const caller = await sandbox.newCaller();
    await openCase.verified(caller);
    await openCase.unlocked(await sandbox.newOtp(), shown(daysAgo(2)));
    await openCase.closed();
    const confirm = new ConfirmPage(openCase.page);
    await confirm.goto();
    await inspect("confirm");
    const before = await sandbox.callsOf("confirm");
    await confirm.send(caller.cun);
    await expect(confirm.status.filter({ hasText: "Sblocco confermato" })).toBeVisible();
    expect(await sandbox.callsOf("confirm")).toBe(before + 1);
    await inspect("confirm-done");
    await openCase.page.reload();
    expect(await sandbox.callsOf("confirm")).toBe(before + 1);
  });

  test("a wrong CUN is refused, and kept", async ({ desk }) => {
    const confirm = new ConfirmPage(desk.page);
    await confirm.goto();
    await confirm.send("CUN-H17KZ6247L");
    await expect(confirm.alert.first()).toBeVisible();
    await expect(desk.page).toHaveTitle(/^Errore:/);
    await expect(confirm.cun).toHaveValue(/H17/);
  });

  test("an unknown CUN is refused in words", async ({ desk, sandbox, inspect }) => {
    const confirm = new ConfirmPage(desk.page);
    await confirm.goto();
    await confirm.send((await sandbox.newCaller("unknown")).cun);
    await expect(confirm.alert.first()).toBeVisible();
    await inspect("confirm-refused");
  });

  test("an answer that never came is uncertain, and asks for a second decision", async ({ desk, caller, sandbox }) => {
    const confirm = new ConfirmPage(desk.page);
    await confirm.goto();
    await sandbox.breakNext("confirm", "reset_after_reading");
    const before = await sandbox.callsOf("confirm");
    await confirm.send(caller.cun);
    await expect(confirm.alert.first()).toContainText(/incert/i);
    expect(await sandbox.callsOf("confirm")).toBe(before + 1);
    await expect(confirm.alert).toBeFocused();
    await confirm.send(caller.cun);
    await expect(confirm.alert).toContainText("può essere già riuscita");
    expect(await sandbox.callsOf("confirm")).toBe(before + 1);
  });

  test("a call that was closed with its confirmation uncertain is known here", async ({
    openCase,
    sandbox,
    inspect,
  }) => {
    const caller = await sandbox.newCaller();
    await openCase.verified(caller);
    await openCase.unlocked(await sandbox.newOtp(), shown(daysAgo(2)));
    await sandbox.breakNext("confirm", "reset_after_reading");
    await openCase.confirm.click();
    await expect(openCase.outcome("Esito della conferma incerto")).toBeVisible();
    await openCase.closed();
    const confirm = new ConfirmPage(openCase.page);
    await confirm.goto();
    const before = await sandbox.callsOf("confirm");
    await confirm.send(caller.cun);
    await expect(confirm.alert.getByRole("link")).toContainText("può essere già riuscita");
    await inspect("confirm-known-uncertain");
    expect(await sandbox.callsOf("confirm")).toBe(before);
    await openCase.decision.check();
    await confirm.confirm.click();
    await expect(confirm.alert.or(confirm.status).first()).toBeVisible();
    expect(await sandbox.callsOf("confirm")).toBe(before + 1);
  });
});
