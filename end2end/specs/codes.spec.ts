import { expect, test } from "../support/test";

test.describe("codes as the server judges them", () => {
  const wrong = [
    { what: "a wrong check symbol", cun: "CUN-H17KZ6247L", says: /rilegg|ripet|controll/i },
    { what: "two symbols swapped", cun: "CUN-S7WLFKFIAX", says: /rilegg|ripet|controll/i },
    { what: "a symbol that no code has", cun: "CUN-IHIR0WHSLZ", says: /0/ },
    { what: "a symbol too few", cun: "CUN-H17KZ6247", says: /9/ },
  ];
  for (const { what, cun, says } of wrong) {
    test(`${what} is refused in words, and what was typed is kept`, async ({ openCase, caller }) => {
      await openCase.giveCard({ card: caller.card, cun });
      await expect(openCase.alert.first()).toContainText(says);
      await expect(openCase.page).toHaveTitle(/^Errore:/);
      await expect(openCase.card).toHaveValue(grouped(caller.card));
      await expect(openCase.cun).toHaveValue(grouped(cun));
      await expect(openCase.cun).toHaveAttribute("aria-invalid", "true");
    });
  }

  test("a CUN in the field of the OTP is called that @look", async ({ openCase, caller, inspect }) => {
    await openCase.verified(caller);
    await openCase.giveOtp("CUN-LZ44EL8YF3", "1/1/21");
    await expect(openCase.alert.first()).toContainText(/CUN/);
    await expect(openCase.otp).toHaveValue(/LZ4 ?4EL8/);
    await expect(openCase.onset).toHaveValue("1/1/21");
    await inspect("case-otp-refused");
  });

  test("a day that is too old, to come or not in the calendar is refused", async ({ openCase, caller, sandbox }) => {
    await openCase.verified(caller);
    const otp = await sandbox.newOtp();
    for (const day of ["1/1/20", "31/12/2099", "31/02/2026", "ieri", ""]) {
      await openCase.giveOtp(otp, day);
      await expect(openCase.alert.first()).toBeVisible();
      await expect(openCase.onset).toHaveValue(day);
      await expect(openCase.onset).toHaveAttribute("aria-invalid", "true");
    }
  });

  test("the forms in which a code is dictated pass", async ({ openCase, caller }) => {
    const cun = `cun ${caller.cun.slice(4, 7)} ${caller.cun.slice(7, 11)}.${caller.cun.slice(11)}`.toLowerCase();
    const card = `${caller.card.slice(0, 4)} ${caller.card.slice(4)}`;
    await openCase.giveCard({ card, cun });
    await expect(openCase.otp).toBeVisible();
  });

  test("what a caller says is not taken for the id of a call", async ({ desk }) => {
    await desk.callId.fill("CUN-H17KZ6247A");
    await desk.open.click();
    await expect(desk.page.getByRole("alert").first()).toBeVisible();
    await expect(desk.heading).toBeVisible();
  });

  test("the caller's fields are never filled in by the browser", async ({ openCase, caller }) => {
    for (const field of [openCase.card, openCase.cun]) await expect(field).toHaveAttribute("autocomplete", "off");
    await openCase.verified(caller);
    for (const field of [openCase.otp, openCase.onset]) await expect(field).toHaveAttribute("autocomplete", "off");
  });
});

test.describe("codes as they are typed @js", () => {
  test("the check symbol is judged as soon as the last symbol is typed", async ({ openCase }) => {
    const field = openCase.page.locator(".field", { has: openCase.cun });
    await openCase.cun.pressSequentially("cunh17kz6247");
    await expect(field).not.toContainText(/non torna|sbagliat/i);
    await openCase.cun.pressSequentially("l");
    await expect(openCase.cun).toHaveAttribute("aria-invalid", "true");
    await openCase.cun.press("Backspace");
    await openCase.cun.pressSequentially("a");
    await expect(openCase.cun).not.toHaveAttribute("aria-invalid", "true");
  });

  test("a symbol that no code has is named at once, with the likely one", async ({ openCase }) => {
    const field = openCase.page.locator(".field", { has: openCase.cun });
    await openCase.cun.pressSequentially("b");
    await expect(field).toContainText("8");
    await expect(openCase.cun).toHaveAttribute("aria-invalid", "true");
  });

  test("a code is shown in groups, and pasting one works", async ({ openCase }) => {
    await openCase.cun.focus();
    await openCase.page.keyboard.insertText(" CUN-H17KZ6247A\n");
    await expect(openCase.cun).toHaveValue(grouped("CUN-H17KZ6247A"));
    await openCase.card.focus();
    await openCase.page.keyboard.insertText("1234-5678");
    await expect(openCase.card).toHaveValue(grouped("12345678"));
  });

  test("correcting a symbol in the middle leaves the caret there", async ({ openCase }) => {
    await openCase.cun.fill("CUN-H17KZ6247A");
    await openCase.cun.press("Home");
    for (let step = 0; step < 7; step += 1) await openCase.cun.press("ArrowRight");
    const before = await openCase.cun.evaluate((field: HTMLInputElement) => field.selectionStart);
    await openCase.cun.press("Delete");
    const after = await openCase.cun.evaluate((field: HTMLInputElement) => field.selectionStart);
    expect(Math.abs((after ?? 0) - (before ?? 0))).toBeLessThanOrEqual(1);
  });

  test("a code that passes is spelled, the blind spots marked @look", async ({ openCase, inspect }) => {
    const field = openCase.page.locator(".field", { has: openCase.cun });
    await openCase.cun.pressSequentially("Q4KFRQK5UY");
    await expect(field).toContainText("Quarto");
    await expect(field).toContainText("quattro");
    await expect(field).toContainText("Yacht");
    // 4 and E, F and 5, 5 and F can't be told apart.
    await expect(field.getByText("da rileggere")).toHaveCount(3);
    await inspect("case-code-spelled");
  });

  test("“Asintomatico” fills in the sampling date", async ({ openCase, caller }) => {
    await openCase.verified(caller);
    await openCase.asymptomatic.check();
    const [year, month, day] = caller.sampled_on.split("-");
    await expect(openCase.onset).toHaveValue(`${day}/${month}/${year}`);
    await openCase.asymptomatic.uncheck();
    await expect(openCase.onset).toHaveValue("");
    await openCase.onset.fill("6/1/21");
    await openCase.asymptomatic.check();
    await expect(openCase.onset).toHaveValue(`${day}/${month}/${year}`);
    await openCase.asymptomatic.uncheck();
    await expect(openCase.onset).toHaveValue("6/1/21");
  });
});

/** Whatever groups a code is shown in, the symbols are those. */
function grouped(text: string): RegExp {
  const symbols = text.replace(/^CUN-/, "").split("");
  return new RegExp(`^(CUN)?[\\s\\u2009–-]*${symbols.join("[\\s\\u2009–-]*")}$`, "i");
}
