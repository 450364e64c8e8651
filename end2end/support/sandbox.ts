/** The services, as the sandbox names them. */
export type Service =
  "verify" | "unlock" | "confirm" | "swab_report" | "swab_cancel" | "swab_list" | "asl_otp" | "exemption_close";

/** A fictitious person on the line. */
export interface Caller {
  card: string;
  cun: string;
  /** yyyy-mm-dd. */
  sampled_on: string;
  scenario: string;
}

/** A swab test as if it had been reported. */
export interface SwabTest {
  fiscal_code: string;
  result: "P" | "N";
  /** yyyy-mm-dd. */
  sampled_on: string;
  description: string;
}

/** The address at which the sandbox is told what to do. */
export class Sandbox {
  constructor(private readonly url: string) {}

  /** Makes a caller for one test. */
  async newCaller(scenario = "positive"): Promise<Caller> {
    return (await this.send("POST", "/callers", { scenario })) as Caller;
  }

  /** A one-time code that no one has used. */
  async newOtp(): Promise<string> {
    const answer = (await this.send("GET", "/otp")) as { otp: string };
    return answer.otp;
  }

  /** Lets an operator call the services. */
  async authorise(fiscalCode: string): Promise<void> {
    await this.send("POST", "/operators", { fiscal_code: fiscalCode });
  }

  /** Takes tests over, and tells their CUNs. */
  async newTests(tests: SwabTest[]): Promise<string[]> {
    const seeded = (await this.send("POST", "/seed", { tests })) as { tests: { cun: string }[] };
    return seeded.tests.map((test) => test.cun);
  }

  /** Takes a certification of exemption over. Days are yyyy-mm-dd. */
  async newCertification(fiscalCode: string, code: string, from: string, to: string): Promise<void> {
    const certification = { fiscal_code: fiscalCode, code, valid_from: from, valid_to: to };
    await this.send("POST", "/seed", { certifications: [certification] });
  }

  /** Makes the next `times` calls of a service go wrong. */
  async breakNext(service: Service, fault: string, times = 1): Promise<void> {
    await this.send("POST", "/faults", { service, fault, times });
  }

  /** Lets the next call of a service be refused with the code of this error. */
  async refuseNext(service: Service, code: string): Promise<void> {
    await this.send("POST", "/faults", { service, fault: "refused", code, times: 1 });
  }

  /** Lets the next call of a service be answered with this outcome. */
  async answerNext(service: Service, esito: string): Promise<void> {
    await this.send("POST", "/faults", { service, fault: "given_esito", esito, times: 1 });
  }

  /** The last eight digits of somebody's card. */
  async cardOf(fiscalCode: string): Promise<string> {
    const state = (await this.send("GET", "/state")) as { people: Record<string, string> };
    return state.people[fiscalCode] ?? "";
  }

  async mend(): Promise<void> {
    await this.send("DELETE", "/faults");
  }

  /** How many requests of a service have arrived. */
  async callsOf(service: Service): Promise<number> {
    const state = (await this.send("GET", "/state")) as { counts: { requests: Partial<Record<Service, number>> } };
    return state.counts.requests[service] ?? 0;
  }

  private async send(method: string, path: string, body?: unknown): Promise<unknown> {
    const init: RequestInit = { method };
    if (body !== undefined) {
      init.headers = { "content-type": "application/json" };
      init.body = JSON.stringify(body);
    }
    const answer = await fetch(this.url + path, init);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} of the sandbox: ${answer.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  }
}
