// Two servers on one PostgreSQL serve one stream of events: whichever is killed, its readers go on with the other.
import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { freshDatabase } from "../setup/shared-postgres.ts";
import { type CliProcess, TemporaryProject } from "./temporary-project.ts";

const SMALL = `import { flow, task } from "millrace";
const one = task("one", () => 1);
const two = task("two", ({ n }: { n: number }) => n + 1);
export default flow("small", () => {
  two({ n: one() });
});
`;
/** Queued, started, each task's start and end, finished. */
const EVENTS_PER_RUN = 7;
const RUNS = 10;

interface SeenEvent {
  readonly seq: number;
  readonly run: string;
  readonly type: string;
}

/** Follows all events, and goes to the next server when the one it reads from is gone. */
class Reader {
  readonly seen: SeenEvent[] = [];
  readonly #servers: readonly string[];
  readonly #leave = new AbortController();
  readonly #waiting: { readonly finished: number; readonly resolve: () => void }[] = [];
  readonly over: Promise<void>;
  /** How often it had to go elsewhere. */
  moves = 0;

  constructor(servers: readonly string[], first: number) {
    this.#servers = servers;
    this.over = this.#follow(first);
    onTestFinished(async () => {
      this.#leave.abort();
      await this.over;
    });
  }

  /** Resolves when it has been told of the end of so many runs. */
  async untilFinished(finished: number): Promise<void> {
    if (this.#finished >= finished) return;
    await new Promise<void>((resolve) => this.#waiting.push({ finished, resolve }));
  }

  get #finished(): number {
    return this.seen.filter(({ type }) => type === "run.finished").length;
  }

  async #follow(first: number): Promise<void> {
    for (let server = first; !this.#leave.signal.aborted; server += 1) {
      const url = this.#servers[server % this.#servers.length] ?? "";
      // A server that was killed refuses, or breaks off in the middle.
      await this.#read(url).catch(() => undefined);
      this.moves += 1;
      await pause(20);
    }
  }

  async #read(url: string): Promise<void> {
    const headers = { "last-event-id": String(this.seen.at(-1)?.seq ?? 0) };
    const response = await fetch(`${url}/api/v1/events`, { headers, signal: this.#leave.signal });
    let rest = "";
    for await (const text of (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + text).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const data = block.split("\n").find((line) => line.startsWith("data: "));
        if (data !== undefined) this.seen.push(JSON.parse(data.slice("data: ".length)) as SeenEvent);
      }
      const finished = this.#finished;
      for (const wait of this.#waiting) if (finished >= wait.finished) wait.resolve();
    }
  }
}

test("two servers serve one stream, and either may be killed", async () => {
  const database = await freshDatabase();
  onTestFinished(() => database.remove());
  const project = new TemporaryProject({ "flows/small.ts": SMALL });
  const servers: string[] = [];
  const serve = async (state: string, ...options: string[]): Promise<CliProcess> => {
    const env = { MILLRACE_DATABASE_URL: database.url };
    const server = project.start(["server", "--json", "--port", "0", ...options], { env });
    const { address } = await server.untilRecord(({ type }) => type === "server.listening");
    servers.push(String(address));
    await server.untilRecord(({ type }) => type === state);
    return server;
  };
  const startRuns = async (server: number): Promise<void> => {
    const json = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
    const ask = () => fetch(`${servers[server]}/api/v1/flows/small/runs`, json);
    const answers = await Promise.all(Array.from({ length: RUNS }, ask));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
  };
  const first = await serve("server.leading");
  const second = await serve("server.standing_by", "--stored");
  const readers = [new Reader(servers, 0), new Reader(servers, 1)];
  const told = (runs: number) => Promise.all(readers.map((reader) => reader.untilFinished(runs)));

  await startRuns(1);
  await told(RUNS);
  expect(readers.map(({ moves }) => moves)).toEqual([0, 0]);

  // The leader, in the middle of runs.
  const asked = startRuns(1);
  first.child.kill("SIGKILL");
  await asked;
  await told(2 * RUNS);

  // Now the one that took over, with a third one standing by.
  await serve("server.standing_by", "--stored");
  await startRuns(2);
  second.child.kill("SIGKILL");
  await told(3 * RUNS);

  const [one, other] = readers.map(({ seen }) => seen);
  expect(one).toEqual(other);
  const numbers = one?.map(({ seq }) => seq) ?? [];
  expect(numbers).toEqual(numbers.map((_, place) => place + 1));
  expect(numbers.length).toBeGreaterThanOrEqual(3 * RUNS * EVENTS_PER_RUN);
  const ends = one?.filter(({ type }) => type === "run.finished").map(({ run }) => run) ?? [];
  expect(new Set(ends).size).toBe(3 * RUNS);
  expect(ends).toHaveLength(3 * RUNS);
});
