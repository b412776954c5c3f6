import { encode, type MarkState, type RunId } from "@millrace/core";
import fc from "fast-check";
import { compare, Divergence } from "./divergence.ts";
import { FLOWS } from "./flows.ts";
import type { Answer, Made, Part, Reference, Repeat } from "./reference.ts";
import type { Ending, ReferenceRun, ReferenceTask } from "./reference-run.ts";
import type { Stand } from "./stand.ts";

type Step = fc.AsyncCommand<Reference, Stand>;

/** A command that says what it did, in a counterexample, with the names of what it met. */
abstract class Told implements Step {
  #told = "";

  abstract readonly text: string;

  check(_reference: Readonly<Reference>): boolean {
    return true;
  }

  abstract act(reference: Reference, stand: Stand): Promise<void>;

  async run(reference: Reference, stand: Stand): Promise<void> {
    this.#told = "";
    await this.act(reference, stand);
    await compare(reference, stand);
  }

  tell(text: string): void {
    this.#told = text;
  }

  toString(): string {
    return this.#told === "" ? this.text : `${this.text}: ${this.#told}`;
  }
}

function expectAnswer(said: Answer, expected: Answer): void {
  if (JSON.stringify(said) === JSON.stringify(expected)) return;
  throw new Divergence(`the answer is ${JSON.stringify(said)}, not ${JSON.stringify(expected)}`);
}

/** Compares the answer, and makes the run in the model as well. */
function expectMade(said: Answer, made: Made): void {
  if (typeof made !== "function") expectAnswer(said, made);
  else if ("refused" in said) throw new Divergence(`it was refused: ${said.refused}`);
  else made(said.run);
}

/** Ids of runs grow with time, and only with time: no two are made in the same moment. */
async function aMoment(reference: Reference, stand: Stand): Promise<void> {
  await passTime(reference, stand, 1);
}

class RequestRun extends Told {
  readonly #flow: string;
  readonly #key: string | null;
  readonly #part: Part | null;
  readonly text: string;

  constructor(flow: string, key: string | null, part: Part | null) {
    super();
    this.#flow = flow;
    this.#key = key;
    this.#part = part;
    const options = [key === null ? "" : ` key ${key}`, part === null ? "" : ` ${part.kind} ${part.nodes.join(" + ")}`];
    this.text = `request ${flow}${options.join("")}`;
  }

  async act(reference: Reference, stand: Stand): Promise<void> {
    await aMoment(reference, stand);
    const made = reference.request(this.#flow, this.#key, this.#part);
    const said = await stand.submit({
      kind: "request_run",
      flow: this.#flow,
      params: encode({}),
      window: null,
      version: null,
      selection: this.#part,
      idempotencyKey: this.#key,
    });
    expectMade(said, made);
  }
}

/** One of the runs, or one that there never was. */
function pickRun(reference: Reference, pick: number): { readonly id: string; readonly name: string } {
  const run = reference.runs[pick % (reference.runs.length + 1)];
  return run === undefined ? { id: "01NOBODY", name: "no run" } : { id: run.id, name: nameOf(reference, run) };
}

function nameOf(reference: Reference, run: ReferenceRun): string {
  return `${run.flow.name} #${reference.runs.indexOf(run) + 1}`;
}

class CancelRun extends Told {
  readonly text = "cancel";
  readonly #pick: number;

  constructor(pick: number) {
    super();
    this.#pick = pick;
  }

  async act(reference: Reference, stand: Stand): Promise<void> {
    const { id, name } = pickRun(reference, this.#pick);
    this.tell(name);
    const said = await stand.submit({ kind: "cancel_run", run: id as RunId });
    expectAnswer(said, reference.cancel(id));
  }
}

class Rerun extends Told {
  readonly #pick: number;
  readonly #repeat: Repeat;
  readonly text: string;

  constructor(pick: number, repeat: Repeat) {
    super();
    this.#pick = pick;
    this.#repeat = repeat;
    const tasks =
      repeat.kind === "tasks" ? ` ${repeat.nodes.join(" + ")}${repeat.downstream ? " and downstream" : ""}` : "";
    this.text = `rerun ${repeat.kind}${tasks}`;
  }

  async act(reference: Reference, stand: Stand): Promise<void> {
    await aMoment(reference, stand);
    const { id, name } = pickRun(reference, this.#pick);
    this.tell(name);
    const made = reference.rerun(id, this.#repeat);
    const said = await stand.submit({ kind: "rerun", run: id as RunId, selection: this.#repeat, version: "same" });
    expectMade(said, made);
  }
}

class Mark extends Told {
  readonly #pick: number;
  readonly #nodes: readonly string[];
  readonly #as: MarkState;
  readonly text: string;

  constructor(pick: number, nodes: readonly string[], as: MarkState) {
    super();
    this.#pick = pick;
    this.#nodes = nodes;
    this.#as = as;
    this.text = `mark ${nodes.join(" + ")} as ${as}`;
  }

  async act(reference: Reference, stand: Stand): Promise<void> {
    await aMoment(reference, stand);
    const { id, name } = pickRun(reference, this.#pick);
    this.tell(name);
    const made = reference.mark(id, this.#nodes, this.#as);
    const command = { kind: "mark", run: id as RunId, tasks: this.#nodes, as: this.#as, reason: null } as const;
    expectMade(await stand.submit(command), made);
  }
}

class EndAttempt extends Told {
  readonly #pick: number;
  readonly #ending: Ending;
  readonly text: string;

  constructor(pick: number, ending: Ending) {
    super();
    this.#pick = pick;
    this.#ending = ending;
    this.text = `an attempt ends (${ending})`;
  }

  override check(reference: Readonly<Reference>): boolean {
    return running(reference).length > 0;
  }

  async act(reference: Reference, stand: Stand): Promise<void> {
    const all = running(reference);
    const [run, task] = all[this.#pick % all.length] as (typeof all)[number];
    // Hooks do not wait for anything.
    const ending = task.kind === "hook" && this.#ending === "deferred" ? "success" : this.#ending;
    this.tell(`${nameOf(reference, run)} ${task.label}`);
    const { order } = task.attempt as NonNullable<typeof task.attempt>;
    await stand.end(order, ending);
    expectRecorded(stand, order.attempt);
    reference.attemptEnds(run, task, ending);
    // Told again, it is a success again, and nothing comes of it.
    await stand.end(order, ending);
    expectRecorded(stand, order.attempt);
  }
}

function running(reference: Readonly<Reference>): readonly (readonly [ReferenceRun, ReferenceTask])[] {
  return reference.runs.flatMap((run) =>
    [...run.tasks.values()].filter(({ attempt }) => attempt !== null).map((task) => [run, task] as const),
  );
}

function expectRecorded(stand: Stand, attempt: Parameters<typeof stand.executor.answers.get>[0]): void {
  const answer = stand.executor.answers.get(attempt);
  if (answer !== "recorded") throw new Divergence(`the end of attempt ${attempt} was answered with ${answer}`);
}

class PassTime extends Told {
  readonly #ms: number;
  readonly text: string;

  constructor(ms: number) {
    super();
    this.#ms = ms;
    this.text = `${ms} ms pass`;
  }

  async act(reference: Reference, stand: Stand): Promise<void> {
    await passTime(reference, stand, this.#ms);
  }
}

/** Goes from one instant to the next at which anything is due, here or there. */
async function passTime(reference: Reference, stand: Stand, ms: number): Promise<void> {
  const endMs = reference.atMs + ms;
  for (;;) {
    const nextMs = Math.min(stand.clock.nextAtMs, reference.nextAtMs, endMs);
    await stand.goTo(nextMs);
    reference.timePasses(nextMs);
    await compare(reference, stand);
    if (nextMs >= endMs) return;
  }
}

class ChangeLeader extends Told {
  readonly #how: "survives" | "gone" | "stops";
  readonly text: string;

  constructor(how: "survives" | "gone" | "stops") {
    super();
    this.#how = how;
    this.text = `another leads and what ran ${how === "survives" ? "lives on" : how === "gone" ? "is gone" : "was stopped"}`;
  }

  async act(reference: Reference, stand: Stand): Promise<void> {
    const before = stand.executor;
    const gone = [...before.running.values()].map(({ order }) => order);
    await stand.changeLeader(this.#how);
    if (this.#how !== "survives") reference.attemptsVanish();
    await compare(reference, stand);
    // What comes late from an attempt that was given up has no effect, and its worker is told so.
    if (this.#how !== "gone") return;
    for (const order of gone) {
      await stand.end(order, "success");
      const answer = stand.executor.answers.get(order.attempt);
      if (answer !== "gone") throw new Divergence(`a late success of ${order.label} was answered with ${answer}`);
    }
  }
}

const FLOW_NAMES = FLOWS.map(({ name }) => name);
const NODES = ["a", "b", "c", "d", "e", "f", "only", "first", "each", "sum", "x", "y"];
const nodes = fc.subarray(NODES, { minLength: 1, maxLength: 2 });
const ofFlow = fc.oneof(
  ...FLOWS.map(({ name, tasks }) => {
    const ids = tasks.map(({ id }) => id);
    return fc.tuple(fc.constant(name), fc.subarray(ids, { minLength: 1, maxLength: Math.min(2, ids.length) }));
  }),
);
const key = fc.constantFrom(null, null, null, "k1", "k2");
const ending = fc.oneof(
  { arbitrary: fc.constant<Ending>("success"), weight: 8 },
  { arbitrary: fc.constant<Ending>("failed"), weight: 4 },
  {
    arbitrary: fc.constantFrom<Ending>("hopeless", "crashed", "lost", "cancelled", "timed_out", "deferred"),
    weight: 4,
  },
);

const request = fc.oneof(
  { arbitrary: fc.tuple(fc.constantFrom(...FLOW_NAMES, "nothing"), key, fc.constant(null)), weight: 4 },
  {
    arbitrary: fc
      .tuple(ofFlow, fc.constantFrom("only" as const, "from" as const))
      .map(([[flow, chosen], kind]) => [flow, null, { kind, nodes: chosen }] as const),
    weight: 1,
  },
);
const repeat: fc.Arbitrary<Repeat> = fc.oneof(
  fc.constant<Repeat>({ kind: "all" }),
  fc.constant<Repeat>({ kind: "failed" }),
  fc.record({ kind: fc.constant("tasks" as const), nodes, downstream: fc.boolean() }),
);

/** Everything that can be asked of the engine, and that can happen to it. */
/** Of one flow mostly: a name of another is refused. */
const marks = fc.tuple(
  fc.oneof(
    ofFlow.map(([, ids]) => ids),
    nodes,
  ),
  fc.constantFrom<MarkState>("success", "failed", "skipped"),
);

export const COMMANDS: readonly fc.Arbitrary<Step>[] = [
  request.map(([flow, key_, part]) => new RequestRun(flow, key_, part)),
  fc.nat(20).map((pick) => new CancelRun(pick)),
  fc.tuple(fc.nat(20), repeat).map(([pick, how]) => new Rerun(pick, how)),
  fc.tuple(fc.nat(20), marks).map(([pick, [tasks, as]]) => new Mark(pick, tasks, as)),
  ...Array.from({ length: 5 }, () => fc.tuple(fc.nat(20), ending).map(([pick, end]) => new EndAttempt(pick, end))),
  fc.constantFrom(500, 1_000, 3_000, 6_000, 11_000).map((ms) => new PassTime(ms)),
  fc.constantFrom("survives" as const, "gone" as const, "stops" as const).map((how) => new ChangeLeader(how)),
];
