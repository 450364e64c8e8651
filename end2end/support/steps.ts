import type { Response } from "@playwright/test";

import type { CasePage } from "../pages/case";
import { daysAgo, shown } from "./dates";
import type { Sandbox, Service } from "./sandbox";

/** The title of the card of each outcome, by act. */
export const TITLES = {
  verify: {
    done: "Positività verificata",
    refused: "Verifica non accettata",
    uncertain: "Esito della verifica incerto",
    notSent: "Verifica non inviata",
  },
  unlock: {
    done: "Codice sbloccato",
    refused: "Sblocco non accettato",
    uncertain: "Esito dello sblocco incerto",
    notSent: "Sblocco non inviato",
  },
  confirm: {
    done: "Sblocco confermato",
    refused: "Conferma non accettata",
    uncertain: "Esito della conferma incerto",
    notSent: "Conferma non inviata",
  },
  cancel: {
    done: "Sblocco annullato",
    refused: "Annullamento non accettato",
    uncertain: "Esito dell'annullamento incerto",
    notSent: "Annullamento non inviato",
  },
} as const;

/** What an operator asks of a service. */
export type Act = keyof typeof TITLES;
export const ACTS = ["verify", "unlock", "confirm", "cancel"] as const satisfies Act[];

/** The service that carries an act out: confirming and cancelling are one. */
export function serviceOf(act: Act): Service {
  return act === "cancel" ? "confirm" : act;
}

/** Whether this is the page that a form led to: the answer itself, or where the answer sent the browser. */
function isOfForm(response: Response): boolean {
  const isRedirect = response.status() >= 300 && response.status() < 400;
  const request = response.request();
  return !isRedirect && (request.redirectedFrom() ?? request).method() === "POST";
}

/** Fills in what `act` needs, asks for it, and waits for the page that tells of it: it may look like the one before. */
export async function ask(act: Act, opened: CasePage, sandbox: Sandbox): Promise<void> {
  const told = opened.page.waitForResponse(isOfForm);
  await filled(act, opened, sandbox);
  await (await told).finished();
}

async function filled(act: Act, opened: CasePage, sandbox: Sandbox): Promise<void> {
  if (act === "verify") await opened.giveCard(await sandbox.newCaller());
  else if (act === "unlock") await opened.giveOtp(await sandbox.newOtp(), shown(daysAgo(2)));
  else if (act === "confirm") await opened.confirm.click();
  else await opened.askedToCancel();
}

/** Brings a case to where `act` is next. */
export async function bringTo(act: Act, opened: CasePage, sandbox: Sandbox): Promise<void> {
  if (act !== "verify") await opened.verified(await sandbox.newCaller());
  if (serviceOf(act) === "confirm") await opened.unlocked(await sandbox.newOtp(), shown(daysAgo(2)));
}
