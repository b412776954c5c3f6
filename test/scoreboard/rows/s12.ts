import process from "node:process";
import { HookServer } from "@millrace/server";
import { Chance } from "../../simulation/chance.ts";
import { bodyOf, bytesOf, FORGERIES, type Hooked, type Sender, signed } from "../real/forged-webhooks.ts";
import { RowProject, type Work } from "../real/row-project.ts";
import type { ScoreboardRow } from "../row.ts";

const VARIABLES = ["MILLRACE_ROW_SECRET", "MILLRACE_ROW_OTHER_SECRET"] as const;
const AT_ONCE = 8;
/** Requests that are sent as they should be; the others are made of these. */
const TAKEN = { sized: 40, full: 400 };

const FLOWS = `import { env, flow, task, webhook } from "millrace";
import { z } from "zod";
const load = task("load", (order: { id: unknown }) => order.id);
const params = z.object({ id: z.unknown() });
const hook = (variable: string) => webhook({ secret: env(variable), params: ({ body }) => ({ id: body }) });
export const orders = flow("orders", { params, triggers: hook("${VARIABLES[0]}") }, ({ params }) => load({ id: params.id }));
export const others = flow("others", { params, triggers: hook("${VARIABLES[1]}") }, ({ params }) => load({ id: params.id }));
`;
const CONFIG = 'import { defineConfig } from "millrace";\nexport default defineConfig({});\n';

export const row: ScoreboardRow = {
  id: "S12",
  title: "Webhooks that are forged, stale or sent again, among some that are as they should be and come twice at once",
  goal: "10,000 of them: 0 accepted",
  stores: ["sqlite", "postgres"],
  async run(at) {
    const project = await RowProject.make(at, { "flows/orders.ts": FLOWS, "millrace.config.ts": CONFIG });
    const chance = new Chance(at.seed);
    const hooks = await Hooks.open(await project.open(), chance);
    try {
      const counts = await attack(
        hooks,
        { count: at.full ? 10_000 : 2_000, taken: TAKEN[at.full ? "full" : "sized"] },
        chance,
      );
      const made = await hooks.runs();
      for (const [kind, count] of counts.accepted) at.log(`${count} accepted that were ${kind}`);
      const accepted = Array.from(counts.accepted.values()).reduce((sum, count) => sum + count, 0);
      const figure = `${accepted} of ${counts.sent} accepted, of ${Object.keys(FORGERIES).length} kinds; ${made} runs of ${counts.taken} events that each came twice at once; ${counts.broken} answers 5xx`;
      const reached = accepted === 0 && counts.broken === 0 && made === counts.taken;
      return {
        figure,
        reached,
        details: { sent: counts.sent, accepted, broken: counts.broken, taken: counts.taken, made },
      };
    } finally {
      await hooks.close();
      await project.close();
    }
  },
};

interface Counts {
  sent: number;
  taken: number;
  broken: number;
  /** Of what should not be, by kind. */
  readonly accepted: Map<string, number>;
}

async function attack(
  hooks: Hooks,
  { count, taken }: { count: number; taken: number },
  chance: Chance,
): Promise<Counts> {
  const counts: Counts = { sent: 0, taken, broken: 0, accepted: new Map() };
  const good = Array.from({ length: taken }, (_, n) =>
    signed(hooks.sender, { id: `msg_good_${n}`, body: bodyOf(chance) }),
  );
  // Each twice at once: one of the two is taken.
  for (const request of good) {
    const answers = await Promise.all([hooks.send(request), hooks.send(request)]);
    const codes = answers.toSorted((a, b) => a - b).join(" ");
    if (codes !== "202 409") throw new Error(`an event that came twice was answered ${codes}`);
  }
  const kinds = Object.entries(FORGERIES);
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (counts.sent < count) {
        const [kind, forge] = kinds[counts.sent % kinds.length] as (typeof kinds)[number];
        counts.sent += 1;
        const status = await hooks.send(forge(chance.pick(good), { sender: hooks.sender, other: hooks.other, chance }));
        if (status >= 500) counts.broken += 1;
        if (status < 400) counts.accepted.set(kind, (counts.accepted.get(kind) ?? 0) + 1);
      }
    }),
  );
  return counts;
}

/** The webhooks of a project, served in this process. */
class Hooks {
  readonly sender: Sender;
  readonly other: Sender;
  readonly #work: Work;
  readonly #server: HookServer;
  #address = "";

  private constructor(work: Work, chance: Chance) {
    this.#work = work;
    this.sender = senderOf("/hooks/orders", chance);
    this.other = senderOf("/hooks/others", chance);
    this.#server = new HookServer({
      runtime: work.runtime,
      port: 0,
      host: "127.0.0.1",
      waitsForPort: false,
      onListening: (address) => {
        this.#address = address ?? "";
      },
      onError: (error) => {
        throw error;
      },
    });
    for (const [index, { secret }] of [this.sender, this.other].entries()) {
      process.env[VARIABLES[index] as string] = `whsec_${secret.toString("base64")}`;
    }
  }

  static async open(work: Work, chance: Chance): Promise<Hooks> {
    const hooks = new Hooks(work, chance);
    await hooks.#server.start();
    return hooks;
  }

  async send({ path, headers, body }: Hooked): Promise<number> {
    const response = await fetch(`${this.#address}${path}`, { method: "POST", headers, body });
    await response.arrayBuffer();
    return response.status;
  }

  async runs(): Promise<number> {
    return (await this.#work.runtime.store.history.listRuns({ limit: 100_000 })).length;
  }

  async close(): Promise<void> {
    await this.#server.stop();
    for (const name of VARIABLES) delete process.env[name];
  }
}

function senderOf(path: string, chance: Chance): Sender {
  return { path, secret: bytesOf(chance, 24), nowMs: () => Date.now() };
}
