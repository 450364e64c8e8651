import { randomInt, randomUUID } from "node:crypto";

import { expect } from "@playwright/test";
import { Secret, TOTP } from "otpauth";

import type { Sandbox } from "./sandbox";
import type { Server } from "./server";

const STEP_MS = 30_000;

/** The PINs of an authenticator, each step given out once. */
export class Authenticator {
  private lastStep = 0;
  private readonly totp: TOTP;

  constructor(secret: string) {
    this.totp = new TOTP({ secret: Secret.fromBase32(secret.replaceAll(" ", "")), digits: 6, period: 30 });
  }

  /**
   * A PIN that was not used yet. The desk takes one step of drift on either side, so that three PINs can be had at
   * once; the fourth has to be waited for.
   */
  async next(): Promise<string> {
    let step = Math.max(this.lastStep + 1, this.now() - 1);
    // A step about to fall out of the drift would be too old on arrival.
    if (step < this.now() && STEP_MS - (Date.now() % STEP_MS) < 5_000) step += 1;
    while (step > this.now() + 1) await new Promise((done) => setTimeout(done, 250));
    this.lastStep = step;
    return this.at(step);
  }

  /** The PIN that was given out last. */
  last(): string {
    return this.at(this.lastStep);
  }

  /** Six digits that are not right now, nor a step before or after. */
  wrong(): string {
    const right = [-2, -1, 0, 1, 2].map((drift) => this.at(this.now() + drift));
    for (;;) {
      const guess = String(randomInt(1_000_000)).padStart(6, "0");
      if (!right.includes(guess)) return guess;
    }
  }

  private at(step: number): string {
    return this.totp.generate({ timestamp: step * STEP_MS });
  }

  private now(): number {
    return Math.floor(Date.now() / STEP_MS);
  }
}

/** Someone who works at the desk, known to one test only. */
export interface Operator {
  username: string;
  name: string;
  fiscalCode: string;
  password: string;
  authenticator: Authenticator;
  recoveryCodes: string[];
}

/** What an account may do. */
export type Role = "operator" | "supervisor";

const ODD: Record<string, number> = Object.fromEntries(
  "A1 B0 C5 D7 E9 F13 G15 H17 I19 J21 K2 L4 M18 N20 O11 P3 Q6 R8 S12 T14 U16 V10 W22 X25 Y24 Z23"
    .split(" ")
    .map((pair) => [pair.charAt(0), Number(pair.slice(1))]),
);

/** A codice fiscale of nobody, with a right check letter. */
export function someFiscalCode(): string {
  const letters = Array.from({ length: 6 }, () => String.fromCharCode(65 + randomInt(26))).join("");
  const fifteen = `${letters}80A01H${String(randomInt(1000)).padStart(3, "0")}`;
  const sum = [...fifteen].reduce((sum, character, index) => {
    const rank = /\d/.test(character) ? Number(character) : character.charCodeAt(0) - 65;
    return sum + (index % 2 === 0 ? (ODD[String.fromCharCode(65 + rank)] ?? 0) : rank);
  }, 0);
  return fifteen + String.fromCharCode(65 + (sum % 26));
}

/** Where someone works, and as whom Sistema TS knows them. */
export interface Work {
  queue?: "immuni" | "swabs" | "asl" | "exemptions";
  fiscalCode?: string;
}

/** Makes an account by the command line; the link is the one to hand to its owner. */
export async function invite(
  server: Server,
  sandbox: Sandbox,
  role: Role = "operator",
  { queue = "immuni", fiscalCode = someFiscalCode() }: Work = {},
): Promise<{ operator: Operator; link: string }> {
  const operator: Operator = {
    username: `op-${randomUUID().slice(0, 13)}`,
    name: "Prova Collaudo",
    fiscalCode,
    password: `Frase lunga ${randomUUID()}`,
    authenticator: new Authenticator("AAAAAAAAAAAAAAAA"),
    recoveryCodes: [],
  };
  const printed = await server.command(
    ...["operator", "add", "--username", operator.username, "--name", operator.name],
    ...["--fiscal-code", operator.fiscalCode, "--role", role, "--queue", queue],
  );
  const link = /\/activate\/[\w-]+/.exec(printed)?.[0];
  expect(link, "operator add prints the activation link").toBeDefined();
  await sandbox.authorise(operator.fiscalCode);
  return { operator, link: link ?? "" };
}
