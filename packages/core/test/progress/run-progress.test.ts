import {
  ACTIVE,
  CANCELLED,
  compileChecked,
  EXCLUDED,
  FAILED,
  type Frame,
  PENDING,
  type ProgressListener,
  RunProgress,
  SKIPPED,
  SUCCESS,
  UPSTREAM_FAILED,
} from "@millrace/core";
import { describe, expect, it } from "vitest";
import { output, SpecBuilder } from "../spec-builder.ts";
import { NAMES } from "./scripted-run.ts";

/** A run that writes down what it hears and does nothing by itself. */
function listenTo(flow: SpecBuilder): { readonly progress: RunProgress; readonly heard: () => string[] } {
  const spec = flow.spec();
  const log: string[] = [];
  const note =
    (what: string) =>
    (frame: Frame, slot: number, state?: number): void => {
      const label = `${spec.nodes[frame.nodeAt(slot)]?.id}${frame.pathAt(slot) === "" ? "" : `@${frame.pathAt(slot)}`}`;
      log.push(state === undefined ? `${what} ${label}` : `${what} ${label} ${NAMES[state]}`);
    };
  const listener: ProgressListener = {
    ready: note("ready"),
    decided: note("decided"),
    complete: note("complete"),
    finished: (outcome) => log.push(`finished ${NAMES[outcome]}`),
  };
  return { progress: new RunProgress(compileChecked(spec), listener), heard: () => log.splice(0) };
}

describe("a run", () => {
  it("goes on as soon as a rule is decided, and not before", () => {
    const flow = new SpecBuilder();
    const a = flow.task("a");
    const b = flow.task("b");
    flow.task("both", { uses: [a, b] });
    flow.task("either", { after: [a, b], rule: "one_success" });
    flow.task("whatever", { after: [a, b], rule: "all_done" });
    const { progress, heard } = listenTo(flow);
    progress.begin();
    expect(heard()).toEqual(["ready a", "ready b"]);
    progress.settle(progress.root, a, SUCCESS);
    expect(heard()).toEqual(["ready either"]);
    expect(progress.counts(progress.root, 2)).toEqual({
      total: 2,
      success: 1,
      failed: 0,
      skipped: 0,
      upstreamFailed: 0,
    });
    progress.settle(progress.root, b, FAILED);
    expect(heard().sort()).toEqual(["decided both upstream_failed", "ready whatever"]);
    progress.settle(progress.root, 3, SUCCESS);
    progress.settle(progress.root, 4, SUCCESS);
    expect(heard()).toEqual(["finished failed"]);
  });

  it("goes well when a failure was dealt with", () => {
    const flow = new SpecBuilder();
    const a = flow.task("a");
    flow.task("handler", { after: [a], rule: "one_failed" });
    const { progress, heard } = listenTo(flow);
    progress.begin();
    progress.settle(progress.root, a, FAILED);
    progress.settle(progress.root, 1, SUCCESS);
    expect(heard().at(-1)).toBe("finished success");
  });

  it("is over at once when there is nothing in it", () => {
    const { progress, heard } = listenTo(new SpecBuilder());
    progress.begin();
    expect(heard()).toEqual(["finished success"]);
  });

  it("lets an end stand: a second one changes nothing", () => {
    const flow = new SpecBuilder();
    flow.task("b", { uses: [flow.task("a")] });
    const { progress, heard } = listenTo(flow);
    progress.begin();
    progress.settle(progress.root, 0, SUCCESS);
    progress.settle(progress.root, 0, FAILED);
    expect([...progress.root.state]).toEqual([SUCCESS, ACTIVE]);
    expect(heard()).toEqual(["ready a", "ready b"]);
  });

  it("takes a cancelled task for a failed one", () => {
    const flow = new SpecBuilder();
    flow.task("b", { uses: [flow.task("a")] });
    const { progress, heard } = listenTo(flow);
    progress.begin();
    progress.settle(progress.root, 0, CANCELLED);
    expect(heard()).toEqual(["ready a", "decided b upstream_failed", "finished failed"]);
  });

  it("decides 100,000 nodes in a row without running one", () => {
    const flow = new SpecBuilder();
    const count = 100_000;
    for (let node = 0; node < count; node += 1) flow.task(`t${node}`, { uses: node === 0 ? [] : [node - 1] });
    const { progress, heard } = listenTo(flow);
    progress.begin();
    progress.settle(progress.root, 0, FAILED);
    const log = heard();
    expect(log).toHaveLength(count + 1);
    expect(log.at(-1)).toBe("finished failed");
  });
});

describe("a run whose tasks end as soon as they are ready", () => {
  it("never recurses: what happens inside of a listener waits for the loop that called it", () => {
    const flow = new SpecBuilder();
    let last = flow.task("0");
    for (let task = 1; task < 1_000; task += 1) last = flow.task(`${task}`, { after: [last] });
    let deepest = 0;
    let depth = 0;
    let outcome: number | undefined;
    const progress = new RunProgress(compileChecked(flow.spec()), {
      ready: (frame, slot) => {
        depth += 1;
        deepest = Math.max(deepest, depth);
        progress.settle(frame, slot, SUCCESS);
        depth -= 1;
      },
      decided: () => {},
      complete: () => {},
      finished: (how) => {
        outcome = how;
      },
    });
    progress.begin();
    expect([outcome, deepest]).toEqual([SUCCESS, 1]);
  });
});

describe("a part of a run", () => {
  it("looks at what is left of a rule's upstreams, and at new leaves", () => {
    const flow = new SpecBuilder();
    const [a, b] = [flow.task("a"), flow.task("b")];
    flow.task("c", { uses: [a, b] });
    flow.task("d", { uses: [a] });
    const { progress, heard } = listenTo(flow);
    progress.exclude([a, 3]);
    progress.begin();
    expect(heard()).toEqual(["ready b"]);
    progress.settle(progress.root, b, SUCCESS);
    progress.settle(progress.root, 2, SUCCESS);
    expect(heard()).toEqual(["ready c", "finished success"]);
    expect([...progress.root.state]).toEqual([EXCLUDED, SUCCESS, SUCCESS, EXCLUDED]);
  });

  it("fails by a leaf that was restored before its downstream was left out", () => {
    const flow = new SpecBuilder();
    const [a, b] = [flow.task("a"), flow.task("b")];
    flow.task("downstream", { uses: [a, b] });
    const { progress, heard } = listenTo(flow);
    progress.restore(progress.root, a, FAILED);
    progress.restore(progress.root, b, ACTIVE);
    progress.exclude([2]);
    progress.begin();
    progress.settle(progress.root, b, SUCCESS);
    expect(heard()).toEqual(["finished failed"]);
  });

  it("is no leaf less for what waits in an arm: the branch hands that on", () => {
    const flow = new SpecBuilder();
    const a = flow.task("a");
    const branch = flow.branch("branch", {}, { yes: () => output(flow.task("x", { after: [a], rule: "all_done" })) });
    const last = flow.task("last", { uses: [a] });
    const { progress, heard } = listenTo(flow);
    progress.exclude([last]);
    progress.begin();
    progress.settle(progress.root, a, FAILED);
    progress.takeArm(progress.root, branch, "yes");
    progress.settle(progress.root, branch + 1, SUCCESS);
    progress.settle(progress.root, branch, SUCCESS);
    expect(heard().at(-1)).toBe("finished failed");
  });

  it("goes without a branch and all in it, but keeps what was restored", () => {
    const flow = new SpecBuilder();
    const branch = flow.branch(
      "branch",
      {},
      {
        yes: () => output(flow.branch("inner", {}, { yes: () => output(flow.task("x")) })),
      },
    );
    const a = flow.task("a");
    const { progress, heard } = listenTo(flow);
    progress.restore(progress.root, a, SUCCESS);
    progress.exclude([branch, branch, a]);
    progress.begin();
    expect([...progress.root.state]).toEqual([EXCLUDED, EXCLUDED, EXCLUDED, SUCCESS]);
    expect(heard()).toEqual(["finished success"]);
  });
});

describe("a branch", () => {
  function twoArms(): SpecBuilder {
    const flow = new SpecBuilder();
    flow.branch(
      "branch",
      {},
      {
        yes: () => output(flow.task("x")),
        no: () => {
          const inner = flow.branch("inner", {}, { yes: () => output(flow.task("y", { rule: "always" })) });
          return output(flow.task("z", { after: [inner], rule: "all_done" }));
        },
      },
    );
    flow.task("last", { uses: [0] });
    return flow;
  }

  it("runs the arm that it takes, and skips the others whatever their rules", () => {
    const { progress, heard } = listenTo(twoArms());
    progress.begin();
    expect(heard()).toEqual(["ready branch"]);
    progress.takeArm(progress.root, 0, "yes");
    expect(heard().sort()).toEqual(["decided inner skipped", "decided y skipped", "decided z skipped", "ready x"]);
    progress.settle(progress.root, 1, FAILED);
    expect(heard()).toEqual(["complete branch failed"]);
    progress.settle(progress.root, 0, FAILED);
    expect(heard()).toEqual(["decided last upstream_failed", "finished failed"]);
  });

  it("is skipped when all that decides its arm is", () => {
    const { progress, heard } = listenTo(twoArms());
    progress.begin();
    progress.takeArm(progress.root, 0, "yes");
    heard();
    progress.settle(progress.root, 1, SKIPPED);
    expect(heard()).toEqual(["complete branch skipped"]);
  });

  it("comes out well when it takes no arm, or one with nothing in it", () => {
    const { progress, heard } = listenTo(twoArms());
    progress.begin();
    progress.takeArm(progress.root, 0, undefined);
    expect(heard().at(-1)).toBe("complete branch success");
    expect([...progress.root.state].slice(1, 5)).toEqual([SKIPPED, SKIPPED, SKIPPED, SKIPPED]);

    const flow = new SpecBuilder();
    flow.branch("empty", {}, { yes: () => undefined });
    const empty = listenTo(flow);
    empty.progress.begin();
    empty.progress.takeArm(empty.progress.root, 0, "yes");
    expect(empty.heard()).toEqual(["ready empty", "complete empty success"]);
  });

  it("tells an arm without a name from none", () => {
    const flow = new SpecBuilder();
    flow.branch("branch", {}, { "": () => output(flow.task("x")) });
    const { progress, heard } = listenTo(flow);
    progress.begin();
    progress.takeArm(progress.root, 0, undefined);
    expect(heard()).toEqual(["ready branch", "decided x skipped", "complete branch success"]);
  });

  it.each([
    [FAILED, SKIPPED],
    [UPSTREAM_FAILED, UPSTREAM_FAILED],
  ] as const)("that ends before taking an arm ends its arms (%i, %i)", (state, inside) => {
    const { progress, heard } = listenTo(twoArms());
    progress.begin();
    progress.settle(progress.root, 0, state);
    expect([...progress.root.state].slice(1, 5)).toEqual([inside, inside, inside, inside]);
    expect(heard().at(-1)).toBe("finished failed");
  });

  it("that was settled while its arm ran begins nothing more in it, and is not completed by what still ran", () => {
    const flow = new SpecBuilder();
    flow.branch("branch", {}, { yes: () => output(flow.task("y", { uses: [flow.task("x")] })) });
    flow.branch("other", {}, { yes: () => output(flow.task("z")) });
    const { progress, heard } = listenTo(flow);
    progress.begin();
    progress.takeArm(progress.root, 0, "yes");
    progress.settle(progress.root, 0, FAILED);
    expect(heard()).toEqual(["ready branch", "ready other", "ready x", "decided y skipped"]);
    progress.settle(progress.root, 1, SUCCESS);
    progress.takeArm(progress.root, 3, "yes");
    progress.settle(progress.root, 3, FAILED);
    heard();
    progress.settle(progress.root, 4, SUCCESS);
    expect(heard()).toEqual([]);
  });
});

describe("a map", () => {
  function overItems(): SpecBuilder {
    const flow = new SpecBuilder();
    flow.map("map", {}, () => output(flow.task("map[]/y", { uses: [flow.task("map[]/x")] })));
    flow.task("last", { uses: [0] });
    return flow;
  }

  it("begins its items in chunks, and has failed when one has", () => {
    const { progress, heard } = listenTo(overItems());
    progress.begin();
    const items = progress.expand(progress.root, 0, 3);
    progress.beginItems(items, 0, 2);
    expect(heard()).toEqual(["ready map", "ready map[]/x@0", "ready map[]/x@1"]);
    progress.beginItems(items, 2, 3);
    for (const slot of [0, 2]) progress.settle(items, slot, SUCCESS);
    progress.settle(items, 4, SKIPPED);
    for (const slot of [1, 3]) progress.settle(items, slot, slot === 1 ? SUCCESS : FAILED);
    expect(heard().at(-1)).toBe("complete map failed");
    expect([items.failedItems, items.openItems]).toEqual([1, 0]);
    expect([items.itemAt(5), items.pathAt(5), items.pathOfItem(1), progress.root.pathOfItem(0)]).toEqual([
      2,
      "2",
      "1",
      "",
    ]);
  });

  it("is complete at once without items", () => {
    const { progress, heard } = listenTo(overItems());
    progress.begin();
    progress.beginItems(progress.expand(progress.root, 0, 0), 0, 0);
    expect(heard()).toEqual(["ready map", "complete map success"]);
  });

  it("is complete at once with nothing in its body, and each item still has its own place", () => {
    const flow = new SpecBuilder();
    flow.map("map", {}, (map) => ({ kind: "item", map, path: [] }));
    const { progress, heard } = listenTo(flow);
    progress.begin();
    const items = progress.expand(progress.root, 0, 3);
    progress.beginItems(items, 0, 3);
    expect(heard()).toEqual(["ready map", "complete map success"]);
    expect([0, 1, 2].map((item) => items.itemAt(item * items.width))).toEqual([0, 1, 2]);
  });

  it("counts an item once that ends, after a restart, before its chunk begins", () => {
    const { progress, heard } = listenTo(overItems());
    const items = progress.expand(progress.root, 0, 2);
    progress.restore(progress.root, 0, ACTIVE);
    for (const [slot, state] of [ACTIVE, PENDING, SUCCESS, ACTIVE].entries()) {
      if (state !== PENDING) progress.restore(items, slot, state as typeof ACTIVE);
    }
    progress.beginItems(items, 0, 1);
    progress.begin();
    progress.settle(items, 3, SUCCESS);
    progress.beginItems(items, 1, 2);
    expect(heard()).toEqual([]);
    progress.settle(items, 0, SUCCESS);
    progress.settle(items, 1, SUCCESS);
    expect(heard()).toEqual(["ready map[]/y@0", "complete map success"]);
  });

  it("that was settled is not completed by items that still ran", () => {
    const { progress, heard } = listenTo(overItems());
    progress.begin();
    const items = progress.expand(progress.root, 0, 1);
    progress.beginItems(items, 0, 1);
    progress.settle(progress.root, 0, FAILED);
    progress.settle(items, 0, FAILED);
    expect(heard()).toEqual([
      "ready map",
      "ready map[]/x@0",
      "decided last upstream_failed",
      "finished failed",
      "decided map[]/y@0 upstream_failed",
    ]);
  });
});

describe("a run put back into memory", () => {
  it("goes on from what had ended, without telling it again", () => {
    const flow = new SpecBuilder();
    const a = flow.task("a");
    const branch = flow.branch(
      "branch",
      { uses: [a] },
      {
        yes: () => output(flow.task("y", { uses: [flow.task("x")] })),
        no: () => output(flow.task("z")),
      },
    );
    const { progress, heard } = listenTo(flow);
    for (const [slot, state] of [SUCCESS, ACTIVE, SUCCESS, ACTIVE, SKIPPED].entries()) {
      progress.restore(progress.root, slot, state as typeof SUCCESS);
    }
    progress.restore(progress.root, a, FAILED);
    progress.takeArm(progress.root, branch, "yes");
    progress.begin();
    expect(heard()).toEqual([]);
    progress.settle(progress.root, 3, SUCCESS);
    progress.settle(progress.root, branch, SUCCESS);
    expect(heard()).toEqual(["complete branch success", "finished success"]);
  });

  it("ends once when its last task ends before it begins", () => {
    const flow = new SpecBuilder();
    flow.task("a");
    const { progress, heard } = listenTo(flow);
    progress.restore(progress.root, 0, ACTIVE);
    progress.settle(progress.root, 0, FAILED);
    progress.begin();
    expect(heard()).toEqual(["finished failed"]);
  });

  it("completes a branch whose arm had ended, and a map whose items had", () => {
    const flow = new SpecBuilder();
    flow.branch("branch", {}, { yes: () => output(flow.task("x")) });
    flow.map("map", {}, () => output(flow.task("map[]/x")));
    const { progress, heard } = listenTo(flow);
    for (const slot of [0, 2]) progress.restore(progress.root, slot, ACTIVE);
    const items = progress.expand(progress.root, 2, 1);
    progress.restore(progress.root, 1, UPSTREAM_FAILED);
    progress.restore(items, 0, SUCCESS);
    progress.takeArm(progress.root, 0, "yes");
    progress.beginItems(items, 0, 1);
    progress.begin();
    expect(heard()).toEqual(["complete branch failed", "complete map success"]);
  });
});

describe("a run that has not begun", () => {
  it("tells nobody what is put back into it, an arm that was taken included, until it begins", () => {
    const flow = new SpecBuilder();
    const branch = flow.branch("branch", {}, { yes: () => output(flow.task("inside")) });
    flow.task("beside");
    const { progress, heard } = listenTo(flow);
    progress.restore(progress.root, branch, ACTIVE);
    progress.takeArm(progress.root, branch, "yes");
    expect(heard()).toEqual([]);
    progress.begin();
    expect(heard().sort()).toEqual(["ready beside", "ready inside"]);
  });

  it("says nothing when it was cancelled before, not even that it is over", () => {
    const { progress, heard } = listenTo(new SpecBuilder());
    progress.cancelPending();
    progress.begin();
    expect(heard()).toEqual([]);
  });
});

describe("a cancelled run", () => {
  it("says nothing more, whatever was on its way", () => {
    const flow = new SpecBuilder();
    flow.map("map", {}, () => output(flow.task("map[]/x")));
    flow.map("empty", {}, () => output(flow.task("empty[]/x")));
    flow.branch("branch", {}, { yes: () => output(flow.task("y")) });
    flow.task("b", { uses: [flow.task("a")] });
    const { progress, heard } = listenTo(flow);
    progress.begin();
    const before = progress.expand(progress.root, 0, 2);
    progress.beginItems(before, 0, 1);
    heard();
    progress.cancelPending();
    progress.beginItems(before, 1, 2);
    const after = progress.expand(progress.root, 1, 0);
    progress.beginItems(after, 0, 0);
    progress.takeArm(progress.root, 2, "yes");
    progress.settle(progress.root, 4, SUCCESS);
    progress.settle(before, 0, SUCCESS);
    expect(heard()).toEqual([]);
    expect([...before.state]).toEqual([SUCCESS, CANCELLED]);
    expect([...progress.root.state]).toEqual([ACTIVE, ACTIVE, ACTIVE, CANCELLED, SUCCESS, CANCELLED]);
  });

  it("stays so when it is put back into memory", () => {
    const flow = new SpecBuilder();
    flow.task("a");
    const { progress, heard } = listenTo(flow);
    progress.cancelPending();
    progress.begin();
    expect(heard()).toEqual([]);
    expect([...progress.root.state]).toEqual([CANCELLED]);
  });

  it("may hold a map in each of 200,000 items", () => {
    const flow = new SpecBuilder();
    const map = flow.map("map", {}, () => output(flow.map("map[]/inner", {}, () => undefined)));
    const { progress } = listenTo(flow);
    progress.begin();
    const count = 200_000;
    const items = progress.expand(progress.root, map, count);
    for (let item = 0; item < count; item += 1) progress.expand(items, item, 1);
    progress.cancelPending();
    expect(items.state.every((state) => state === CANCELLED)).toBe(true);
  });
});
