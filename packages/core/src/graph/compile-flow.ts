import type { ErrorInfo } from "../errors/error-info.ts";
import { errorInfo } from "../errors/millrace-error.ts";
import type { FlowSpec, NodeSpec } from "../spec/flow-spec.ts";
import type { SourcePlace } from "../spec/source-place.ts";
import type { Template } from "../spec/template.ts";
import { visitRefs } from "../spec/template-refs.ts";
import { buildScopes } from "./build-scopes.ts";
import type { CompiledFlow, CompiledScope } from "./compiled-flow.ts";
import { findCycle } from "./find-cycle.ts";
import { edgesWithRegions } from "./region-edges.ts";

/** Something wrong with a flow's graph, and where the author wrote it. */
export interface GraphProblem {
  readonly error: ErrorInfo;
  readonly place: SourcePlace | null;
}

export type CompileResult =
  | { readonly ok: true; readonly flow: CompiledFlow }
  | { readonly ok: false; readonly problems: readonly GraphProblem[] };

/** Compiles a flow's graph, or says everything that is wrong with it. Costs time in proportion to nodes and edges. */
export function compileFlow(spec: FlowSpec): CompileResult {
  const builder = new GraphBuilder(spec);
  builder.checkNames();
  for (let node = 0; node < spec.nodes.length; node += 1) builder.connect(node);
  builder.checkOutput();
  if (builder.problems.length > 0) return { ok: false, problems: builder.problems };
  const flow = builder.finish();
  builder.checkRules(flow);
  builder.checkCycles(flow);
  if (builder.problems.length > 0) return { ok: false, problems: builder.problems };
  return { ok: true, flow };
}

/** Like `compileFlow`, for a spec that has been checked before: a problem now is a bug, and throws. */
export function compileChecked(spec: FlowSpec): CompiledFlow {
  const result = compileFlow(spec);
  if (result.ok) return result.flow;
  throw new Error(`the stored graph of flow ${spec.name} is broken: ${result.problems[0]?.error.message}`);
}

const RETURN_IT = "Return the reference from the region and use what the region gives back.";

/** Longer circles are told by their first nodes. */
const SHOWN_OF_CYCLE = 10;

class GraphBuilder {
  readonly problems: GraphProblem[] = [];
  readonly #spec: FlowSpec;
  readonly #nodes: readonly NodeSpec[];
  /** By node: the nodes of the same scope that wait for it. */
  readonly #downstream: Set<number>[];

  constructor(spec: FlowSpec) {
    this.#spec = spec;
    this.#nodes = spec.nodes;
    this.#downstream = spec.nodes.map(() => new Set());
  }

  checkNames(): void {
    const seen = new Map<string, NodeSpec>();
    for (const node of this.#nodes) {
      const first = seen.get(node.id);
      if (first === undefined) {
        seen.set(node.id, node);
        continue;
      }
      const where = first.place === null ? "" : `; the first is at ${first.place.file}:${first.place.line}`;
      this.#refuse(
        node,
        errorInfo(
          "DUPLICATE_TASK",
          `flow ${this.#spec.name} has two tasks called ${node.id}${where}`,
          `Give one another name: ${node.id}.named("…")(…).`,
        ),
      );
    }
  }

  /** Adds the edges that node's templates and `after` ask for. */
  connect(node: number): void {
    const spec = this.#at(node);
    for (const other of spec.after) this.#depend(node, other);
    switch (spec.kind) {
      case "task":
        this.#dependOnAll(node, spec.input);
        return;
      case "map":
        this.#dependOnAll(node, spec.list);
        this.#dependFromInside(node, spec.result);
        return;
      case "branch":
        this.#dependOnAll(node, spec.condition);
        for (const [arm, result] of Object.entries(spec.results)) this.#dependFromInside(node, result, arm);
        return;
    }
  }

  #dependOnAll(node: number, template: Template): void {
    visitRefs(template, (part) => {
      if (part.kind === "output" || part.kind === "outcomes") this.#depend(node, part.node);
      else this.#checkItem(node, part.map);
    });
  }

  /**
   * A region's result may name nodes that stand right in it (no edge: the region waits for them anyway), and what the
   * region itself sees (an edge). A node of another arm, or of a region further inside, is neither.
   */
  #dependFromInside(region: number, result: Template, arm?: string): void {
    visitRefs(result, (part) => {
      if (part.kind === "output" || part.kind === "outcomes") {
        if (!this.#isRightIn(part.node, region, arm)) this.#depend(region, part.node);
      } else if (part.map !== region) this.#checkItem(region, part.map);
    });
  }

  /** Whether the node stands in the body of the map `region`, or in this arm of the branch `region`, and no deeper. */
  #isRightIn(node: number, region: number, arm: string | undefined): boolean {
    const spec = this.#nodes[node];
    if (spec === undefined) return false;
    if (arm === undefined) return spec.map === region && spec.arm === null;
    return spec.arm?.branch === region && spec.arm.name === arm;
  }

  /** What the flow returns is put together when all has ended, outside of every region. */
  checkOutput(): void {
    const { name, output, place } = this.#spec;
    if (output === null) return;
    visitRefs(output, (part) => {
      const named = part.kind === "output" || part.kind === "outcomes" ? part.node : part.map;
      const spec = this.#nodes[named];
      if (spec === undefined) {
        const message = `the output of flow ${name} refers to a task that is not in it`;
        this.problems.push({ error: errorInfo("FOREIGN_REF", message), place });
      } else if (spec.map !== null || spec.arm !== null || part.kind === "item" || part.kind === "index") {
        const message = `the output of flow ${name} uses ${spec.id} from outside of the branch or map around it`;
        this.problems.push({ error: errorInfo("REF_OUTSIDE_REGION", message, RETURN_IT), place });
      }
    });
  }

  #checkItem(node: number, map: number): void {
    let at = this.#at(node).map;
    while (at !== null && at !== map) at = this.#at(at).map;
    if (at === null) {
      this.#refuse(
        this.#at(node),
        errorInfo("REF_OUTSIDE_REGION", `${this.#at(node).id} uses an item of ${this.#idOf(map)} outside its body`),
      );
    }
  }

  #depend(node: number, upstream: number): void {
    if (this.#nodes[upstream] === undefined) {
      this.#refuse(
        this.#at(node),
        errorInfo("FOREIGN_REF", `${this.#at(node).id} refers to a task that is not in flow ${this.#spec.name}`),
      );
      return;
    }
    const waiting = this.#hoist(node, upstream);
    if (waiting === undefined || !this.#sees(waiting, upstream)) {
      this.#refuse(
        this.#at(node),
        errorInfo(
          "REF_OUTSIDE_REGION",
          `${this.#at(node).id} uses ${this.#idOf(upstream)}, which is inside a branch or map, from outside of it`,
          RETURN_IT,
        ),
      );
      return;
    }
    (this.#downstream[upstream] as Set<number>).add(waiting);
  }

  /** The node itself, or the map around it that stands in the upstream's scope: that one waits for all its body. */
  #hoist(node: number, upstream: number): number | undefined {
    const scope = this.#at(upstream).map;
    let at: number = node;
    for (;;) {
      const around = this.#at(at).map;
      if (around === scope) return at;
      if (around === null) return undefined;
      at = around;
    }
  }

  /** Whether each arm around the upstream is also around the node that waits. */
  #sees(node: number, upstream: number): boolean {
    const arm = this.#at(upstream).arm;
    if (arm === null) return true;
    for (let at = this.#at(node).arm; at !== null; at = this.#at(at.branch).arm) {
      if (at.branch === arm.branch) return at.name === arm.name;
    }
    return false;
  }

  finish(): CompiledFlow {
    return buildScopes(this.#spec, this.#downstream);
  }

  checkRules(flow: CompiledFlow): void {
    for (const [node, spec] of this.#nodes.entries()) {
      const scope = flow.scopes[flow.scopeOf[node] as number] as CompiledScope;
      const upstreams = (scope.upstream[flow.localOf[node] as number] as Int32Array).length;
      if (upstreams > 0 || spec.triggerRule === "all_success" || spec.triggerRule === "always") continue;
      this.#refuse(
        spec,
        errorInfo(
          "RULE_WITHOUT_UPSTREAM",
          `${spec.id} has the trigger rule ${spec.triggerRule} and nothing upstream to apply it to`,
          "Give it an input from another task, or .after(…), or take the rule away.",
        ),
      );
    }
  }

  checkCycles(flow: CompiledFlow): void {
    for (const scope of flow.scopes) {
      const cycle = findCycle(edgesWithRegions(scope));
      const first = cycle?.[0];
      if (cycle === undefined || first === undefined) continue;
      const ids = cycle.slice(0, SHOWN_OF_CYCLE).map((local) => this.#idOf(scope.nodes[local] as number));
      if (cycle.length > ids.length) ids.push(`… ${cycle.length - ids.length} more …`);
      ids.push(this.#idOf(scope.nodes[first] as number));
      this.#refuse(
        this.#at(scope.nodes[first] as number),
        errorInfo("CYCLE", `flow ${this.#spec.name} goes in a circle: ${ids.join(" -> ")}`),
      );
    }
  }

  #refuse(node: NodeSpec, error: ErrorInfo): void {
    this.problems.push({ error, place: node.place });
  }

  #idOf(node: number): string {
    return this.#nodes[node]?.id ?? `node ${node}`;
  }

  #at(node: number): NodeSpec {
    return this.#nodes[node] as NodeSpec;
  }
}
