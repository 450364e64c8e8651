import { AccountForm, FreshPin } from "../pages/operators";
import { SignIn } from "../pages/sign-in";
import { someFiscalCode } from "../support/operator";
import { newOperator } from "../support/quick";
import { expect, test } from "../support/test";

// A PIN that is old as soon as it is given.
test.use({ settings: { CENTRALINO__SESSION__FRESH_PIN: "1" } });

test("a sensitive act asks for the PIN and loses nothing that was typed @look", async ({
  page,
  server,
  sandbox,
  inspect,
}) => {
  const supervisor = await newOperator(server, sandbox, "supervisor");
  await new SignIn(page).complete(supervisor);
  await page.goto("/operators/new");
  const form = new AccountForm(page);
  await form.name.fill('Ada "Eva" D\'Amico');
  await form.username.fill(`a.${Date.now()}`);
  await form.fiscalCode.fill(someFiscalCode());
  await page.waitForTimeout(1_000);
  await form.create.click();
  const fresh = new FreshPin(page);
  await expect(fresh.heading).toBeVisible();
  await inspect("fresh-pin");
  await fresh.give(supervisor.authenticator.wrong());
  await expect(form.alert).toContainText("PIN non corretto");
  await expect(fresh.pin).toHaveValue("");
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.getByRole("textbox", { name: "First and last name" })).toHaveValue('Ada "Eva" D\'Amico');
  await page.getByRole("button", { name: "Italiano" }).click();
  await form.create.click();
  await fresh.give(await supervisor.authenticator.next());
  await expect(form.heading('Ada "Eva" D\'Amico')).toBeVisible();
  await expect(form.link).toBeVisible();
});
