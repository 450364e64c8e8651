import { type APIRequestContext, type APIResponse, request } from "@playwright/test";

import { Authenticator, type Operator, type Role, type Work, invite } from "./operator";
import type { Sandbox } from "./sandbox";
import type { Server } from "./server";

/*
 * What every test needs before it begins, by the forms alone and without a browser: the pages themselves have tests of
 * their own (activation, sign-in).
 */

/** Makes an account and activates it. */
export async function newOperator(server: Server, sandbox: Sandbox, role?: Role, work?: Work): Promise<Operator> {
  const { operator, link } = await invite(server, sandbox, role, work);
  await activate(server, link, operator);
  return operator;
}

/** Activates an account, and notes its authenticator and recovery codes in `operator`. */
async function activate(server: Server, link: string, operator: Operator): Promise<void> {
  const visitor = await request.newContext({ baseURL: server.url, extraHTTPHeaders: { origin: server.url } });
  try {
    const { password } = operator;
    const paired = await text(visitor.post(`${link}/password`, { form: { password, again: password } }));
    operator.authenticator = new Authenticator(found(/<code[^>]*>([^<]+)<\/code>/, paired));
    const codes = await text(visitor.post(`${link}/pin`, { form: { pin: await operator.authenticator.next() } }));
    const file = await text(visitor.get(`${link}/codes/file`));
    operator.recoveryCodes = file.trim().split("\n").slice(2);
    await text(visitor.post(`${link}/codes`, { form: { set: found(/name="set" value="([^"]+)"/, codes) } }));
  } finally {
    await visitor.dispose();
  }
}

/** Signs in; the cookies go to whoever's requests these are. */
export async function signIn(visitor: APIRequestContext, server: Server, operator: Operator): Promise<void> {
  const headers = { origin: server.url };
  const { username, password } = operator;
  await text(visitor.post(`${server.url}/login`, { headers, form: { username, password } }));
  const pin = await operator.authenticator.next();
  await text(visitor.post(`${server.url}/login/pin`, { headers, form: { pin } }));
}

async function text(answer: Promise<APIResponse>): Promise<string> {
  const response = await answer;
  if (!response.ok()) throw new Error(`${response.url()} answered ${response.status()}`);
  return response.text();
}

function found(pattern: RegExp, where: string): string {
  const what = pattern.exec(where)?.[1];
  if (what === undefined) throw new Error(`the page has no ${pattern.source}`);
  return what;
}
