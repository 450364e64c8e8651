import { SignIn } from "../pages/sign-in";
import { expect, test } from "../support/test";

// A session that came to its end in the middle of a call.
test.use({
  settings: {
    CENTRALINO__SESSION__ABSOLUTE: "15",
    CENTRALINO__SESSION__IDLE: "14",
    CENTRALINO__SESSION__WARNING: "2",
  },
});

test("asks for name, password and PIN, and the case is still open", async ({ openCase, operator, caller }) => {
  await openCase.verified(caller);
  await openCase.page.waitForTimeout(16_000);
  await openCase.page.reload();
  const signIn = new SignIn(openCase.page);
  await expect(signIn.heading).toBeVisible();
  await signIn.complete(operator, /^Caso/);
  // What the caller had said is gone with the session: the first step is asked for again.
  await expect(openCase.card).toBeVisible();
  await expect(openCase.card).toHaveValue("");
});
