import type { ErrorInfo } from "../errors/error-info.ts";
import { errorInfo } from "../errors/millrace-error.ts";
import type { FlowSpec, NodeSpec, SourcePlace } from "../spec/flow-spec.ts";
import type { Template } from "../spec/template.ts";
import { visitRefs } from "../spec/template-refs.ts";
import { type CompiledFlow, type CompiledScope, NO_NODES } from "./compiled-flow.ts";
import { findCycle } from "./find-cycle.ts";

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

/** The scope's edges, and one from each task in an arm to its branch, which waits for it too. */
function withArms(scope: CompiledScope): readonly Int32Array[] {
  return scope.downstream.map((edges, local) => {
    const branch = scope.branchOf[local] as number;
    return branch === -1 ? edges : Int32Array.of(...edges, branch);
  });
}

class GraphBuilder {
  readonly problems: GraphProblem[] = [];
  readonly #spec: FlowSpec;
  readonly #nodes: readonly NodeSpec[];
  /** By node: the nodes of the same scope that wait for it. */
  readonly #downstream: Set<number>[];
  readonly #upstreamCount: Uint32Array;

  constructor(spec: FlowSpec) {
    this.#spec = spec;
    this.#nodes = spec.nodes;
    this.#downstream = spec.nodes.map(() => new Set());
    this.#upstreamCount = new Uint32Array(spec.nodes.length);
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
        for (const result of Object.values(spec.results)) this.#dependFromInside(node, result);
        return;
    }
  }

  #dependOnAll(node: number, template: Template): void {
    visitRefs(template, (part) => {
      if (part.kind === "output" || part.kind === "outcomes") this.#depend(node, part.node);
      else this.#checkItem(node, part.map);
    });
  }

  /** A region's result may name nodes inside (no edge: the region waits for them anyway) and outside (an edge). */
  #dependFromInside(region: number, template: Template): void {
    visitRefs(template, (part) => {
      if (part.kind === "output" || part.kind === "outcomes") {
        if (!this.#stands(part.node, region)) this.#depend(region, part.node);
      } else if (part.map !== region) this.#checkItem(region, part.map);
    });
  }

  /** Whether the node stands in the body of the map `region`, or in an arm of the branch `region`. */
  #stands(node: number, region: number): boolean {
    let at: number | null = node;
    while (at !== null) {
      const spec: NodeSpec | undefined = this.#nodes[at];
      if (spec === undefined) return false;
      const around: number | null = spec.arm?.branch ?? spec.map;
      if (around === region) return true;
      at = around;
    }
    return false;
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
          "Return the reference from the region and use what the region gives back.",
        ),
      );
      return;
    }
    const others = this.#downstream[upstream] as Set<number>;
    if (others.has(waiting)) return;
    others.add(waiting);
    this.#upstreamCount[waiting] = (this.#upstreamCount[waiting] as number) + 1;
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
    let arm = this.#at(upstream).arm;
    if (arm === null) return true;
    for (let at = this.#at(node).arm; at !== null; at = this.#at(at.branch).arm) {
      if (at.branch === arm.branch) return at.name === arm.name;
    }
    return false;
  }

  finish(): CompiledFlow {
    const count = this.#nodes.length;
    const scopeOf = new Int32Array(count);
    const localOf = new Int32Array(count);
    const bodyOf = new Int32Array(count).fill(-1);
    const members: number[][] = [[]];
    const maps: number[] = [-1];
    for (let node = 0; node < count; node += 1) {
      const spec = this.#at(node);
      const scope = spec.map === null ? 0 : (bodyOf[spec.map] as number);
      const inScope = members[scope] as number[];
      scopeOf[node] = scope;
      localOf[node] = inScope.length;
      inScope.push(node);
      if (spec.kind === "map") {
        bodyOf[node] = members.length;
        members.push([]);
        maps.push(node);
      }
    }
    const scopes = members.map((nodes, index) => this.#finishScope(index, maps[index] as number, nodes, localOf));
    return { spec: this.#spec, scopes, scopeOf, localOf, bodyOf };
  }

  #finishScope(index: number, map: number, nodes: readonly number[], localOf: Int32Array): CompiledScope {
    const local = (node: number): number => localOf[node] as number;
    const upstream = nodes.map((node) => new Int32Array(this.#upstreamCount[node] as number));
    const filled = new Uint32Array(nodes.length);
    const branchOf = new Int32Array(nodes.length).fill(-1);
    const leaf = new Uint8Array(nodes.length);
    const arms: (Map<string, number[]> | undefined)[] = nodes.map(() => undefined);
    const top: number[] = [];
    const downstream = nodes.map((node, from) => {
      const spec = this.#at(node);
      const list = Int32Array.from(this.#downstream[node] as Set<number>, local);
      for (const to of list) {
        const place = filled[to] as number;
        (upstream[to] as Int32Array)[place] = from;
        filled[to] = place + 1;
      }
      if (spec.arm === null) top.push(from);
      else {
        const branch = local(spec.arm.branch);
        branchOf[from] = branch;
        const byName = arms[branch] ?? new Map<string, number[]>();
        arms[branch] = byName;
        const arm = byName.get(spec.arm.name);
        if (arm === undefined) byName.set(spec.arm.name, [from]);
        else arm.push(from);
      }
      return list.length === 0 ? NO_NODES : list;
    });
    for (let at = 0; at < nodes.length; at += 1) leaf[at] = this.#isLeaf(at, downstream, branchOf) ? 1 : 0;
    return {
      index,
      map,
      nodes: Int32Array.from(nodes),
      downstream,
      upstream,
      branchOf,
      arms: arms.map((byName) =>
        byName === undefined ? undefined : new Map([...byName].map(([name, list]) => [name, Int32Array.from(list)])),
      ),
      top: Int32Array.from(top),
      leaf,
    };
  }

  /** Edges into a deeper arm do not count: that arm's branch stands in the same region and hands the outcome on. */
  #isLeaf(local: number, downstream: readonly Int32Array[], branchOf: Int32Array): boolean {
    const region = branchOf[local];
    for (const to of downstream[local] as Int32Array) if (branchOf[to] === region) return false;
    return true;
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
      const cycle = findCycle(withArms(scope));
      const first = cycle?.[0];
      if (cycle === undefined || first === undefined) continue;
      const ids = [...cycle, first].map((local) => this.#idOf(scope.nodes[local] as number));
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
