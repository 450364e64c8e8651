import type { CasePage } from "../pages/case";
import { daysAgo, shown } from "./dates";
import type { Sandbox, Service } from "./sandbox";

/** The title of the card of each outcome, by service. */
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
} as const;
export const SERVICES = ["verify", "unlock", "confirm"] as const;

/** Fills in what `service` needs, and asks for it. */
export async function ask(service: Service, opened: CasePage, sandbox: Sandbox): Promise<void> {
  if (service === "verify") await opened.giveCard(await sandbox.newCaller());
  else if (service === "unlock") await opened.giveOtp(await sandbox.newOtp(), shown(daysAgo(2)));
  else await opened.confirm.click();
}

/** Brings a case to where `service` is next. */
export async function bringTo(service: Service, opened: CasePage, sandbox: Sandbox): Promise<void> {
  if (service !== "verify") await opened.verified(await sandbox.newCaller());
  if (service === "confirm") await opened.unlocked(await sandbox.newOtp(), shown(daysAgo(2)));
}
