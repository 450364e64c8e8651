import { existsSync } from "node:fs";

import { defineConfig, devices } from "@playwright/test";

/** Debian's Chromium where it is installed, Playwright's own elsewhere. */
const chromium = process.env.CENTRALINO_CHROMIUM ?? "/usr/bin/chromium";

const launchOptions = {
  ...(existsSync(chromium) ? { executablePath: chromium } : {}),
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

const desk = { ...devices["Desktop Chrome"], viewport: { width: 1280, height: 800 } };

export default defineConfig({
  testDir: "specs",
  fullyParallel: true,
  workers: process.env.CENTRALINO_WORKERS ? Number(process.env.CENTRALINO_WORKERS) : 2,
  forbidOnly: !!process.env.CI,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ["html", { open: "never" }]],
  use: {
    launchOptions,
    locale: "it-IT",
    timezoneId: "Europe/Rome",
    actionTimeout: 20_000,
    navigationTimeout: 30_000,
    // A trace costs every test time; where nobody looks, the picture of the failure is enough.
    trace: process.env.CI ? "off" : "retain-on-failure",
    screenshot: "only-on-failure",
  },
  // The whole desk with and without JavaScript; what depends on the look, on a narrow and on a dark screen too.
  projects: [
    { name: "js", use: desk, grepInvert: /@nojs/ },
    { name: "nojs", use: { ...desk, javaScriptEnabled: false }, grepInvert: /@js/ },
    { name: "narrow", use: { ...desk, viewport: { width: 400, height: 800 } }, grep: /@look/ },
    { name: "dark", use: { ...desk, colorScheme: "dark" }, grep: /@look/ },
  ],
});
