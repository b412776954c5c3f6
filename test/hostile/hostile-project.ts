// A project whose every text field holds payloads, with its server, and with somebody who is logged in to it.
import { type Client, connect, isMillraceError, type RouteInput, type RouteName } from "@millrace/client";
import type { Command } from "../durability/command.ts";
import { RowProject } from "../scoreboard/real/row-project.ts";
import { addressOf } from "../scoreboard/real/server-address.ts";
import type { RowSetting } from "../scoreboard/row.ts";
import { hostileFlow } from "./hostile-flows.ts";
import { PAYLOADS } from "./payloads.ts";

const PASSWORD = "three blind mice";
const CONFIG = `import { defineConfig, webhookAlert } from "millrace";
const url = "http://127.0.0.1:9/" + encodeURIComponent(${JSON.stringify(PAYLOADS[0])});
export default defineConfig({
  pools: { shop: { slots: 2, description: ${JSON.stringify(PAYLOADS.join("\n"))} } },
  alerts: [{ name: "all", to: webhookAlert({ url, privateNetwork: true }), group: { quiet: 0 } }],
});
`;

/** One flow, and what happened to it. */
export interface HostileGroup {
  readonly flow: string;
  readonly payloads: readonly string[];
  /** A run that failed, and one that waits for a decision. */
  readonly ended: string;
  readonly waiting: string;
  readonly backfill: string;
}

export class HostileProject {
  readonly url: string;
  readonly client: Client;
  /** What lets a request in as an admin. */
  readonly authorization: { readonly authorization: string };
  /** How many texts were refused as names. All others are there to be seen. */
  refused = 0;
  groups: readonly HostileGroup[] = [];
  readonly #project: RowProject;
  readonly #server: Command;

  private constructor(project: RowProject, server: Command, parts: { url: string; token: string }) {
    this.#project = project;
    this.#server = server;
    this.url = parts.url;
    this.client = connect(parts);
    this.authorization = { authorization: `Bearer ${parts.token}` };
  }

  /** @param perFlow how many payloads are in the fields of one flow. All of them are somewhere in each field. */
  static async make(at: RowSetting, perFlow: number): Promise<HostileProject> {
    const groups = Array.from({ length: Math.ceil(PAYLOADS.length / perFlow) }, (_, group) => ({
      flow: `hostile-${group}`,
      payloads: PAYLOADS.slice(group * perFlow, (group + 1) * perFlow),
    }));
    const files = groups.map(({ flow, payloads }) => [`flows/${flow}.ts`, hostileFlow(flow, payloads)] as const);
    const project = await RowProject.make(at, { "millrace.config.ts": CONFIG, ...Object.fromEntries(files) });
    const server = project.start(["server", "--json", "--port", "0"]);
    const url = await addressOf(server);
    const grants: RouteInput<"createToken">["body"]["grants"] = [{ role: "admin", flows: "*" }];
    const open = connect({ url });
    const { token } = await open.call("createToken", { body: { name: "row", user: null, grants } });
    const hostile = new HostileProject(project, server, { url, token });
    // With the first user, everybody has to log in.
    await open.call("createUser", { body: { name: "ana", password: PASSWORD, grants } });
    await hostile.#fillVault();
    hostile.groups = await Promise.all(groups.map((group) => hostile.#play(group)));
    return hostile;
  }

  /** The cookie of a session of an admin. */
  async logIn(): Promise<{ readonly name: string; readonly value: string; readonly url: string }> {
    const headers = { "content-type": "application/json", origin: this.url };
    const body = JSON.stringify({ name: "ana", password: PASSWORD });
    const response = await fetch(`${this.url}/api/v1/login`, { method: "POST", headers, body });
    const [, name = "", value = ""] = /^([^=]+)=([^;]+)/.exec(response.headers.get("set-cookie") ?? "") ?? [];
    if (value === "") throw new Error(`nobody was let in: ${response.status} ${await response.text()}`);
    return { name, value, url: this.url };
  }

  async close(): Promise<void> {
    this.#server.child.kill("SIGTERM");
    await this.#server.ended;
    await this.#project.close();
  }

  /** Names and texts that are given to the API. */
  async #fillVault(): Promise<void> {
    const all = PAYLOADS.join("\n").slice(0, 1_000);
    await Promise.all(PAYLOADS.map((payload, at) => this.#fillWith(payload, at)));
    const [name = ""] = PAYLOADS;
    await this.#try("logIn", { body: { name, password: name } });
    await this.#try("changePartitions", { params: { partitions: all.slice(0, 512) }, body: { add: [...PAYLOADS] } });
  }

  async #fillWith(payload: string, at: number): Promise<void> {
    const named = { value: payload, description: payload };
    await this.#try("setVariable", { params: { variable: payload }, body: named });
    await this.#try("setVariable", { params: { variable: `v${at}` }, body: named });
    await this.#try("setSecret", { params: { secret: payload }, body: named });
    await this.#try("setSecret", { params: { secret: `s${at}` }, body: { ...named, value: `not shown ${at}` } });
    await this.#try("setPool", { params: { pool: payload }, body: { slots: 1 } });
    await this.#try("createUser", { body: { name: payload, password: null, grants: [] } });
    await this.#try("createUser", {
      body: { name: `u${at}`, password: null, grants: [{ role: "viewer", flows: payload.slice(0, 128) }] },
    });
    await this.#try("createToken", { body: { name: payload, user: null, grants: [] } });
  }

  async #play(group: Pick<HostileGroup, "flow" | "payloads">): Promise<HostileGroup> {
    const { flow, payloads } = group;
    const { client } = this;
    const text = payloads.join("\n");
    const params = { flow };
    const ended = await client.flow(flow).run({});
    const waiting = await client.flow(flow).run({});
    await this.#try("fireTrigger", {
      params: { flow, trigger: "webhook" },
      body: { payload: { [text]: text }, key: text.slice(0, 256) },
    });
    await this.#try("pauseTriggers", { params, body: { reason: text.slice(0, 1_000) } });
    const { backfill } = await client.call("createBackfill", {
      body: { flow: `${flow}-parts`, selection: { kind: "keys", keys: [...payloads] } },
    });
    await this.#decide(ended, text);
    await this.#waits(waiting);
    await client.runs.whenEnded(ended);
    return { flow, payloads, ended, waiting, backfill };
  }

  async #decide(run: string, text: string): Promise<void> {
    await this.#waits(run);
    const body = { decision: "approved", task: "asks", comment: text.slice(0, 10_000) } as const;
    await this.client.call("decideApproval", { params: { run }, body });
  }

  /** Resolves when the run waits for somebody. */
  async #waits(run: string): Promise<void> {
    for await (const { type, data } of this.client.events({ run, after: 0 })) {
      if (type === "task.deferred" && JSON.stringify(data).includes("approval")) return;
    }
  }

  /** Names have rules of their own: what is refused by them cannot be seen by anybody. */
  async #try<Name extends RouteName>(name: Name, input: Partial<RouteInput<Name>>): Promise<void> {
    try {
      await this.client.call(name, input);
    } catch (error) {
      if (!isMillraceError(error)) throw error;
      this.refused += 1;
    }
  }
}
