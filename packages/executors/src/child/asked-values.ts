import { refusalOf, type VaultKind } from "@millrace/core";
import type { AnswerMessage } from "../framing/messages.ts";
import type { GivenSecrets } from "./given-secrets.ts";
import type { ReportPipe } from "./report-pipe.ts";
import { rememberSecret } from "./watch-secrets.ts";

/** Secrets, variables and tokens, asked of the parent over the pipe: they stand in no argument and no environment. */
export class AskedValues {
  readonly #reports: ReportPipe;
  readonly #waiting = new Map<number, PromiseWithResolvers<string>>();
  readonly #given: GivenSecrets;
  #lastId = 0;

  constructor(reports: ReportPipe, given: GivenSecrets) {
    this.#reports = reports;
    this.#given = given;
  }

  async secret(name: string): Promise<string> {
    const value = await this.#ask("secret", name);
    // The parent masks it already; what is described here, such as errors, is masked here.
    rememberSecret(value);
    this.#given.add(String(name), value);
    return value;
  }

  /** With which the attempt reads the API. */
  async apiToken(): Promise<string> {
    const value = await this.#ask("token", "");
    rememberSecret(value);
    return value;
  }

  variable(name: string): Promise<string> {
    return this.#ask("variable", name);
  }

  answered({ id, error }: AnswerMessage, value: string): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === null) waiting?.resolve(value);
    else waiting?.reject(refusalOf(error));
  }

  #ask(what: VaultKind | "token", name: string): Promise<string> {
    this.#lastId += 1;
    const asked = Promise.withResolvers<string>();
    this.#waiting.set(this.#lastId, asked);
    const ask = { kind: "ask", id: this.#lastId } as const;
    this.#reports.send(what === "token" ? { ...ask, what } : { ...ask, what, name: String(name) });
    return asked.promise;
  }
}
