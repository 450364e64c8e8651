import { ProfilePage } from "../pages/profile";
import { SignIn } from "../pages/sign-in";
import { expect, test } from "../support/test";

test.describe("the profile", () => {
  test("changes the password, with advice, and the session goes on @look", async ({ desk, operator, inspect }) => {
    const profile = new ProfilePage(desk.page);
    await profile.open(operator);
    await expect(profile.sessions).toHaveCount(1);
    await inspect("profile");
    await profile.changePassword(operator, "juventus juventus", operator.authenticator.last());
    await expect(profile.alert).toContainText("Aggiunga una o due parole");
    await expect(desk.page).toHaveTitle(/^Errore:/);
    await inspect("profile-refused");
    await profile.changePassword(operator, "otto volanti lenti", await operator.authenticator.next());
    await expect(profile.done.first()).toContainText("La password è cambiata");
    await profile.everywhere.click();
    await expect(new SignIn(desk.page).heading).toBeVisible();
  });

  test("pairs another telephone, whose PINs are good once its codes are saved @look", async ({
    desk,
    operator,
    inspect,
  }) => {
    const profile = new ProfilePage(desk.page);
    await profile.open(operator);
    await profile.otherPhone.click();
    await expect(desk.page.getByRole("img", { name: /QR/ })).toBeVisible();
    await inspect("profile-authenticator");
    await profile.pair(operator);
    await inspect("profile-codes");
    await profile.saved.click();
    await expect(profile.done.first()).toContainText("Il nuovo telefono è collegato");
    await profile.everywhere.click();
    await new SignIn(desk.page).complete(operator);
  });
});
