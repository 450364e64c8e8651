import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

/** Environment variables that override the configuration, by name. */
export type Settings = Record<string, string>;

const ROOT = resolve(__dirname, "../..");

/** The program under test: `CENTRALINO_BIN`, or what was built last, the debug build first. */
function binary(): string {
  const builds = ["target/debug/centralino", "target/release/centralino"].map((path) => join(ROOT, path));
  const found = [process.env.CENTRALINO_BIN ?? "", ...builds].find((path) => path !== "" && existsSync(path));
  if (found === undefined) {
    throw new Error("no centralino to test: build it (cargo build) or set CENTRALINO_BIN");
  }
  return resolve(found);
}

/** Below where the system takes a connection's own port from: nothing takes one of these by chance. */
const PORTS = { first: 10_000, last: 32_000 };

/** A port that was free a moment ago, and is unlikely to be asked for by anybody else. */
export async function freePort(): Promise<number> {
  const port = randomInt(PORTS.first, PORTS.last);
  const isFree = await new Promise<boolean>((done) => {
    const probe = createServer();
    probe.once("error", () => done(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => done(true)));
  });
  return isFree ? port : freePort();
}

/** A running desk with its own sandbox and an empty data folder of its own. */
export class Server {
  private output = "";

  private constructor(
    /** Where the desk is. */
    readonly url: string,
    /** Where the sandbox is told what to do. */
    readonly controlUrl: string,
    private readonly data: string,
    private readonly environment: NodeJS.ProcessEnv,
    private readonly process: ChildProcess,
  ) {
    const keep = (chunk: Buffer): void => {
      this.output = (this.output + chunk.toString()).slice(-20_000);
    };
    process.stdout?.on("data", keep);
    process.stderr?.on("data", keep);
  }

  static async start(settings: Settings = {}): Promise<Server> {
    const data = mkdtempSync(join(tmpdir(), "centralino-e2e-"));
    const [listen, sandbox, control, metrics] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
    const url = `http://localhost:${listen}`;
    const environment: NodeJS.ProcessEnv = {
      PATH: process.env.PATH,
      HOME: data,
      CENTRALINO__ENVIRONMENT: "sandbox",
      CENTRALINO__DATA: data,
      CENTRALINO__SERVER__LISTEN: `127.0.0.1:${listen}`,
      CENTRALINO__SERVER__PUBLIC_URL: url,
      CENTRALINO__SANDBOX__LISTEN: `127.0.0.1:${sandbox}`,
      CENTRALINO__SANDBOX__CONTROL: `127.0.0.1:${control}`,
      CENTRALINO__METRICS__LISTEN: `127.0.0.1:${metrics}`,
      ...settings,
    };
    const child = spawn(binary(), ["serve"], { cwd: data, env: environment, stdio: ["ignore", "pipe", "pipe"] });
    const server = new Server(url, `http://127.0.0.1:${control}`, data, environment, child);
    try {
      await server.isUp();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** Runs another command of the program on the same data, and returns what it printed. */
  async command(...words: string[]): Promise<string> {
    const options = { cwd: this.data, env: this.environment };
    const { stdout } = await promisify(execFile)(binary(), words, options);
    return stdout;
  }

  async stop(): Promise<void> {
    const ended = new Promise<void>((done) => {
      if (this.process.exitCode !== null || this.process.signalCode !== null) done();
      else this.process.once("exit", () => done());
    });
    this.process.kill("SIGTERM");
    const patience = setTimeout(() => this.process.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(patience);
    rmSync(this.data, { recursive: true, force: true });
  }

  private async isUp(): Promise<void> {
    const deadline = Date.now() + 20_000;
    while (Date.now() < deadline) {
      if (this.process.exitCode !== null) {
        throw new Error(`centralino serve ended with ${this.process.exitCode}:\n${this.output}`);
      }
      const answer = await fetch(`${this.url}/healthz`).catch(() => null);
      if (answer?.ok) return;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`centralino serve did not answer in 20 s:\n${this.output}`);
  }
}
