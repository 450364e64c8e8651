import { CasesPage } from "../pages/cases";
import { daysAgo, shown } from "../support/dates";
import { expect, test } from "../support/test";

test.describe("“I miei casi”", () => {
  test("shows what is kept of a case, and nothing else @look", async ({ openCase, caller, sandbox, inspect }) => {
    const otp = await sandbox.newOtp();
    await openCase.verified(caller);
    await openCase.unlocked(otp, shown(daysAgo(3)));
    await openCase.confirm.click();
    await expect(openCase.confirm).toHaveCount(0);
    await openCase.closed();
    const cases = new CasesPage(openCase.page);
    await cases.goto();
    await expect(cases.rows).toHaveCount(1);
    await expect(cases.rows.first()).toContainText("88213");
    const kept = await openCase.page.content();
    for (const said of [caller.card, caller.cun.slice(4), otp, shown(daysAgo(3))]) expect(kept).not.toContain(said);
    await inspect("cases");
  });

  test("is empty for who took no call @look", async ({ desk, inspect }) => {
    const cases = new CasesPage(desk.page);
    await cases.goto();
    await expect(cases.rows).toHaveCount(0);
    await inspect("cases-empty");
  });

  test("is searched by the id of the call and of the case", async ({ desk }) => {
    const ids: string[] = [];
    for (const call of ["1001", "1002", "1003"]) {
      const opened = await desk.openCase(call);
      ids.push(new URL(opened.page.url()).pathname.split("/").pop() ?? "");
      await opened.closed();
      await desk.goto();
    }
    const cases = new CasesPage(desk.page);
    await cases.goto();
    await expect(cases.rows).toHaveCount(3);
    await cases.search("1002");
    await expect(cases.rows).toHaveCount(1);
    await expect(cases.rows.first()).toContainText("1002");
    await cases.search(ids[2] ?? "");
    await expect(cases.rows).toHaveCount(1);
    await expect(cases.rows.first()).toContainText("1003");
    await cases.search("9999");
    await expect(cases.rows).toHaveCount(0);
  });

  test("goes back page by page, each case on one page @nojs", async ({ desk }) => {
    test.slow();
    const total = 27;
    for (let call = 1; call <= total; call += 1) {
      const opened = await desk.openCase(`call-${call}`);
      await opened.closed();
      await desk.goto();
    }
    const cases = new CasesPage(desk.page);
    await cases.goto();
    const seen: string[] = [];
    for (;;) {
      seen.push(...(await cases.calls()));
      if (!(await cases.older.isVisible())) break;
      await cases.older.click();
    }
    expect(seen).toEqual(Array.from({ length: total }, (_, index) => `call-${total - index}`));
    await cases.newest.click();
    await expect(cases.rows.first()).toContainText(`call-${total}`);
  });
});
