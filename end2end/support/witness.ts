import { readFile } from "node:fs/promises";

import { type Download, type Page, test } from "@playwright/test";

/** One thing that the browser knows: where it was found, and its text. */
interface Trace {
  where: string;
  text: string;
}

/**
 * Notes what a browser keeps, shows beside the page, or sends on besides the forms: addresses, referrers, headers of
 * answers, titles, its console, cookies, storage of every kind, history, and what islands are told.
 */
export class Witness {
  private readonly traces: Trace[] = [];

  constructor(private readonly page: Page) {
    page.on("request", (request) => {
      this.note("address", request.url());
      this.note("referrer", request.headers().referer ?? "");
    });
    page.on("response", (response) => this.note("header of an answer", JSON.stringify(response.headers())));
    page.on("console", (message) => this.note("console", message.text()));
    page.on("pageerror", (error) => this.note("error", `${error.message} ${error.stack ?? ""}`));
  }

  /** Looks at the page as it stands. */
  async look(): Promise<void> {
    const context = this.page.context();
    this.note("title", await this.page.title());
    this.note("cookies", JSON.stringify(await context.cookies()));
    this.note("storage", JSON.stringify((await context.storageState({ indexedDB: true })).origins));
    const islands = (await this.page.content()).match(/<leptos-island[^>]*>/g) ?? [];
    this.note("island", islands.join("\n"));
    const kept = await this.page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state as unknown, window.name]),
    );
    this.note("storage of the tab, history", kept);
    // Where no script may run, none can have filled a cache, and none can be asked.
    if (test.info().project.use.javaScriptEnabled === false) return;
    this.note("caches", JSON.stringify(await this.page.evaluate(() => caches.keys())));
  }

  /** Looks at a page that has nothing of it on the screen either: all of the page counts. */
  async lookThrough(): Promise<void> {
    await this.look();
    this.note("page", await this.page.content());
  }

  /** Reads a file that the page gives once `asked` has asked for it. */
  async take(asked: () => Promise<void>): Promise<void> {
    const file = this.page.waitForEvent("download");
    await asked();
    const taken: Download = await file;
    this.note("name of a file", taken.suggestedFilename());
    this.note("file", await readFile(await taken.path(), "utf8"));
  }

  /** Where any of these was found, in any form that could hide it. */
  whereabouts(said: string[]): string[] {
    return this.traces.flatMap(({ where, text }) => {
      const forms = [text, decoded(text)].map(bare);
      return said
        .filter(
          (one) => forms.some((form) => form.includes(bare(one))) || encoded(one).some((one) => text.includes(one)),
        )
        .map((one) => `${one} in ${where}`);
    });
  }

  private note(where: string, text: string): void {
    if (text !== "") this.traces.push({ where, text });
  }
}

/** Letters and digits alone: a code is written in groups, and in capitals or not. */
function bare(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, "");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return "";
  }
}

/** Base64 of it at the three places where it can begin, without the symbols that its neighbours change; and hex. */
function encoded(said: string): string[] {
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), Buffer.from(said)]).toString("base64");
    return text.slice(shift === 0 ? 0 : shift + 1).replace(/..?=*$/, "");
  });
  return [
    ...base64,
    ...base64.map((one) => one.replaceAll("+", "-").replaceAll("/", "_")),
    Buffer.from(said).toString("hex"),
  ];
}
