import {
  type CompiledScope,
  compileChecked,
  type FormerState,
  type NodePlan,
  planMark,
  planPart,
  planRepeat,
  type RepeatChoice,
} from "@millrace/core";
import { describe, expect, it } from "vitest";
import { output, SpecBuilder } from "../spec-builder.ts";

/** A scope whose nodes are asked for by name. */
class Named {
  readonly #scope: CompiledScope;
  readonly #ids: readonly string[];

  constructor(flow: SpecBuilder) {
    const spec = flow.spec();
    this.#scope = compileChecked(spec).scopes[0] as CompiledScope;
    this.#ids = spec.nodes.map(({ id }) => id);
  }

  repeat(former: Readonly<Record<string, FormerState>>, choice: RepeatChoice): string {
    return this.#told(
      planRepeat(
        this.#scope,
        this.#ids.map((id) => former[id]),
        choice,
      ),
    );
  }

  part(names: readonly string[], downstream: boolean): string {
    return this.#told(planPart(this.#scope, this.locals(names), downstream));
  }

  mark(
    former: Readonly<Record<string, FormerState>>,
    marked: readonly string[],
    around: readonly string[] = [],
  ): string {
    const plans = planMark(
      this.#scope,
      this.#ids.map((id) => former[id]),
      { marked: this.locals(marked), around: this.locals(around) },
    );
    const leftOut = this.#ids.filter((_, local) => plans[local] === "leave_out");
    return [this.#told(plans), ...(leftOut.length === 0 ? [] : [`without ${leftOut.join(" ")}`])].join("; ");
  }

  locals(names: readonly string[]): readonly number[] {
    return names.map((name) => this.#ids.indexOf(name));
  }

  /** What runs, and what is taken over, by name. */
  #told(plans: readonly NodePlan[]): string {
    const named = (plan: NodePlan) => this.#ids.filter((_, local) => plans[local] === plan).join(" ");
    return `run ${named("run")}; reuse ${named("reuse")}`;
  }
}

const FAILED: RepeatChoice = { kind: "failed" };

/** extract -> clean -> load -> report, and audit beside load. */
function line(): Named {
  const flow = new SpecBuilder();
  const extract = flow.task("extract");
  const clean = flow.task("clean", { uses: [extract] });
  flow.task("report", { uses: [flow.task("load", { uses: [clean] })] });
  flow.task("audit", { uses: [clean] });
  return new Named(flow);
}

/** size -> a branch of small(x -> y) and big(z), and last. */
function withBranch(): Named {
  const flow = new SpecBuilder();
  const size = flow.task("size");
  const other = flow.task("other");
  const branch = flow.branch(
    "branch",
    { uses: [size] },
    {
      small: () => output(flow.task("y", { uses: [flow.task("x", { uses: [other] })] })),
      big: () => output(flow.task("z")),
    },
  );
  flow.task("last", { uses: [branch] });
  return new Named(flow);
}

describe("planRepeat of what failed", () => {
  const former = { extract: "success", clean: "success", load: "failed", report: "upstream_failed" } as const;

  it("repeats it with its downstream, and takes over what went well", () => {
    expect(line().repeat({ ...former, audit: "success" }, FAILED)).toBe("run load report; reuse extract clean audit");
  });

  it("repeats nothing when nothing failed", () => {
    const all = { extract: "success", clean: "success", load: "skipped", report: "skipped", audit: "success" } as const;
    expect(line().repeat(all, FAILED)).toBe("run ; reuse extract clean load report audit");
  });

  it("repeats what never came to an end, and what is new", () => {
    expect(line().repeat({ extract: "success", clean: "cancelled" }, FAILED)).toBe(
      "run clean load report audit; reuse extract",
    );
  });

  it("repeats all that waits for it, also what went well without it", () => {
    const flow = new SpecBuilder();
    const a = flow.task("a");
    flow.task("cleanup", { after: [a], rule: "all_done" });
    expect(new Named(flow).repeat({ a: "failed", cleanup: "success" }, FAILED)).toBe("run a cleanup; reuse ");
  });

  it("leaves out what the former run left out, also behind what is repeated", () => {
    const partial = { extract: "success", clean: "left_out", load: "failed", report: "left_out" } as const;
    expect(line().repeat({ ...partial, audit: "left_out" }, FAILED)).toBe("run load; reuse extract");
  });

  it("repeats in an arm only what failed, with the branch and what waits for that", () => {
    const states = { size: "success", other: "success", x: "success", y: "failed", z: "skipped" } as const;
    expect(withBranch().repeat({ ...states, branch: "failed", last: "upstream_failed" }, FAILED)).toBe(
      "run branch y last; reuse size other x z",
    );
  });

  it("repeats all arms when the condition may come out differently", () => {
    const states = { size: "failed", other: "success", branch: "upstream_failed" } as const;
    const inside = { x: "upstream_failed", y: "upstream_failed", z: "upstream_failed" } as const;
    expect(withBranch().repeat({ ...states, ...inside, last: "upstream_failed" }, FAILED)).toBe(
      "run size branch x y z last; reuse other",
    );
  });

  it("repeats all arms of a branch that failed by itself", () => {
    const states = { size: "success", other: "success", x: "skipped", y: "skipped", z: "skipped" } as const;
    expect(withBranch().repeat({ ...states, branch: "failed", last: "upstream_failed" }, FAILED)).toBe(
      "run branch x y z last; reuse size other",
    );
  });
});

describe("planRepeat around a failure that a branch dealt with", () => {
  /** In the arm: inner(risky -> after) fails, which handler deals with; outside feeds handler. */
  function dealtWith(): Named {
    const flow = new SpecBuilder();
    const outside = flow.task("outside");
    flow.branch(
      "branch",
      {},
      {
        arm: () => {
          const inner = flow.branch(
            "inner",
            {},
            {
              arm: () => output(flow.task("after", { uses: [flow.task("risky", { uses: [flow.task("fine")] })] })),
            },
          );
          return output(flow.task("handler", { after: [inner, outside], rule: "one_failed" }));
        },
      },
    );
    flow.task("apart");
    return new Named(flow);
  }

  const inside = { inner: "failed", fine: "success", risky: "failed", after: "upstream_failed" } as const;
  const former = { ...inside, branch: "success", handler: "success" } as const;

  it("leaves it alone, however deep it stands, with the rest of its region", () => {
    expect(dealtWith().repeat({ ...former, outside: "success", apart: "failed" }, FAILED)).toBe(
      "run apart; reuse outside branch handler",
    );
  });

  it("repeats it when the one who dealt with it is repeated", () => {
    expect(dealtWith().repeat({ ...former, outside: "failed", apart: "success" }, FAILED)).toBe(
      "run outside branch inner risky after handler; reuse fine apart",
    );
  });

  it("repeats all of a branch in it that had failed by itself", () => {
    const skipped = { fine: "skipped", risky: "skipped", after: "skipped" } as const;
    expect(dealtWith().repeat({ ...former, ...skipped, outside: "failed", apart: "success" }, FAILED)).toBe(
      "run outside branch inner fine risky after handler; reuse apart",
    );
  });
});

describe("planRepeat of chosen tasks", () => {
  const well = { extract: "success", clean: "success", load: "success", report: "success", audit: "success" } as const;

  it("repeats them, or all that waits for them too", () => {
    const flow = line();
    const locals = flow.locals(["clean"]);
    expect(flow.repeat(well, { kind: "tasks", locals, downstream: false })).toBe(
      "run clean; reuse extract load report audit",
    );
    expect(flow.repeat(well, { kind: "tasks", locals, downstream: true })).toBe(
      "run clean load report audit; reuse extract",
    );
  });

  it("repeats what they need and nobody can give them, and leaves out what failed elsewhere", () => {
    const flow = line();
    const former = { extract: "left_out", clean: "failed", load: "upstream_failed", audit: "failed" } as const;
    const locals = flow.locals(["load"]);
    expect(flow.repeat(former, { kind: "tasks", locals, downstream: false })).toBe("run extract clean load; reuse ");
  });

  it("takes a branch with its arms, unless something in them is asked for", () => {
    const flow = withBranch();
    const states = { size: "success", other: "success", branch: "success", x: "success", y: "success" } as const;
    const former = { ...states, z: "skipped", last: "success" } as const;
    const repeat = (names: readonly string[]) =>
      flow.repeat(former, { kind: "tasks", locals: flow.locals(names), downstream: false });
    expect(repeat(["branch"])).toBe("run branch x y z; reuse size other last");
    expect(repeat(["branch", "y"])).toBe("run branch y; reuse size other x z last");
    expect(repeat(["y"])).toBe("run branch y; reuse size other x z last");
  });

  it("takes a branch with all that is in its arms, branches in them too, however they ended", () => {
    const flow = new SpecBuilder();
    flow.branch(
      "outer",
      {},
      {
        yes: () => {
          flow.task("x");
          return output(flow.branch("inner", {}, { deep: () => output(flow.task("y")) }));
        },
      },
    );
    const named = new Named(flow);
    const former = { outer: "failed", x: "success", inner: "failed", y: "failed" } as const;
    const choice: RepeatChoice = { kind: "tasks", locals: named.locals(["outer"]), downstream: false };
    expect(named.repeat(former, choice)).toBe("run outer x inner y; reuse ");
  });

  it("takes a branch that is needed with its arms", () => {
    const flow = withBranch();
    const former = {
      size: "success",
      other: "success",
      branch: "failed",
      x: "failed",
      last: "upstream_failed",
    } as const;
    expect(flow.repeat(former, { kind: "tasks", locals: flow.locals(["last"]), downstream: false })).toBe(
      "run branch x y z last; reuse size other",
    );
  });

  it("repeats everything when asked to", () => {
    expect(line().repeat(well, { kind: "all" })).toBe("run extract clean load report audit; reuse ");
  });
});

describe("planMark", () => {
  const failed = { extract: "success", clean: "failed", load: "upstream_failed", report: "upstream_failed" } as const;

  it("decides anew what waits for the marked task, and takes over the rest", () => {
    expect(line().mark({ ...failed, audit: "upstream_failed" }, ["clean"])).toBe(
      "run load report audit; reuse extract",
    );
    expect(line().mark({ ...failed, audit: "upstream_failed" }, ["load"])).toBe(
      "run report; reuse extract clean audit",
    );
  });

  it("takes over failures elsewhere, and what was cancelled before it began", () => {
    expect(line().mark({ ...failed, audit: "failed" }, ["report"])).toBe("run ; reuse extract clean load audit");
    expect(line().mark({ extract: "success", clean: "cancelled" }, ["load"])).toBe(
      "run report; reuse extract clean audit",
    );
  });

  it("leaves out what the former run left out, also after a mark", () => {
    const former = {
      extract: "success",
      clean: "failed",
      load: "left_out",
      report: "left_out",
      audit: "failed",
    } as const;
    expect(line().mark(former, ["clean"])).toBe("run audit; reuse extract; without load report");
  });

  it("repeats a map of which an item is marked, with all after it", () => {
    expect(line().mark({ ...failed, audit: "upstream_failed" }, [], ["clean"])).toBe(
      "run clean load report audit; reuse extract",
    );
  });

  it("repeats the branch around a marked task, and keeps what else is in its arms", () => {
    const states = { size: "success", other: "success", branch: "failed", last: "upstream_failed" } as const;
    const former = { ...states, x: "failed", y: "upstream_failed", z: "skipped" } as const;
    expect(withBranch().mark(former, ["x"])).toBe("run branch y last; reuse size other z");
    expect(withBranch().mark(former, ["size"])).toBe("run branch x y z last; reuse other");
  });

  it("leaves out what is in the arms of a marked branch, marked or not", () => {
    const former = { size: "success", other: "success", branch: "failed", x: "failed", y: "failed" } as const;
    expect(withBranch().mark({ ...former, z: "skipped", last: "upstream_failed" }, ["branch", "x"])).toBe(
      "run last; reuse size other; without x y z",
    );
  });

  it("leaves out what never began in an arm that is taken over", () => {
    const former = { size: "success", other: "success", branch: "cancelled", x: "success", last: "failed" } as const;
    expect(withBranch().mark(former, ["last"])).toBe("run ; reuse size other branch x; without y z");
  });
});

describe("planPart", () => {
  it("runs what is chosen, takes over what that needs directly, and leaves out the rest", () => {
    expect(line().part(["load"], false)).toBe("run load; reuse clean");
    expect(line().part(["load"], true)).toBe("run load report; reuse clean");
    expect(line().part(["extract", "report"], false)).toBe("run extract report; reuse load");
  });

  it("runs the branches around, and the arms of a branch that is chosen or whose condition is", () => {
    expect(withBranch().part(["y"], false)).toBe("run branch y; reuse size x");
    expect(withBranch().part(["branch"], false)).toBe("run branch x y z; reuse size other");
    expect(withBranch().part(["size"], true)).toBe("run size branch x y z last; reuse other");
  });
});
