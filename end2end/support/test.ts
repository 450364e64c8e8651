import { type Page, test as base, expect } from "@playwright/test";

import { CasePage } from "../pages/case";
import { DeskPage } from "../pages/desk";
import { inspectPage } from "./inspect";
import type { Operator } from "./operator";
import { newOperator, signIn } from "./quick";
import { type Caller, Sandbox } from "./sandbox";
import { Server, type Settings } from "./server";

interface Worker {
  /** What the desk of this file is configured with. */
  settings: Settings;
  /** A desk for each worker, so that a fault switched on by one test meets no other. */
  server: Server;
}

interface Fixtures {
  sandbox: Sandbox;
  /** An activated operator that only this test knows. */
  operator: Operator;
  /** A positive caller that only this test knows. */
  caller: Caller;
  /** The desk, with the operator signed in. */
  desk: DeskPage;
  /** A case just opened. */
  openCase: CasePage;
  /** Looks at the page as it is: no violation of WCAG 2.2 AA, and a picture for people to look through. */
  inspect: (name: string, page?: Page) => Promise<void>;
}

export const test = base.extend<Fixtures, Worker>({
  settings: [{}, { scope: "worker", option: true }],
  server: [
    async ({ settings }, use) => {
      const server = await Server.start(settings);
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 30_000 },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  sandbox: async ({ server }, use) => {
    const sandbox = new Sandbox(server.controlUrl);
    await use(sandbox);
    await sandbox.mend();
  },
  operator: async ({ server, sandbox }, use) => use(await newOperator(server, sandbox)),
  caller: async ({ sandbox }, use) => use(await sandbox.newCaller()),
  desk: async ({ page, server, operator }, use) => {
    await signIn(page.request, server, operator);
    const desk = new DeskPage(page);
    await desk.goto();
    await expect(desk.heading).toBeVisible();
    await use(desk);
  },
  openCase: async ({ desk }, use) => use(await desk.openCase("88213")),
  inspect: async ({ page }, use, info) => use((name, seen = page) => inspectPage(seen, name, info)),
});

export { expect };
