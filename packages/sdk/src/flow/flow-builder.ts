import type { NodeSpec, Template, TriggerRule } from "@millrace/core";
import { makeRef } from "../ref/make-ref.ts";
import { type RefState, refStateOf, type Scope } from "../ref/ref-state.ts";
import { toTemplate } from "../ref/to-template.ts";
import { type CallSite, formatPlace } from "../source/call-site.ts";
import { refusal, withPlace } from "../source/refuse.ts";
import type { KeyFunction } from "../task/read-limits.ts";
import type { ReadPolicies } from "../task/read-policies.ts";
import type { NodeHandlers } from "./definition.ts";
import { armOf, mapOf, scopesBetween } from "./scope.ts";

/** A node as it is recorded: all but what the builder knows better. */
export type NodeDraft = DraftOf<NodeSpec>;
type DraftOf<Node> = Node extends NodeSpec ? Omit<Node, "place" | "map" | "arm"> : never;

interface RecordedNode {
  node: Omit<NodeSpec, "place">;
  readonly site: CallSite;
}

/** Who asks for something, for messages and for what must run first. */
export interface Asker {
  /** The node's id, or what else is being made: `the output of the flow`. */
  readonly id: string;
  readonly site: CallSite;
  /** The nodes that the asker turns out to wait for. */
  readonly upstreams: Set<number>;
}

/** Where nodes are being placed. */
interface Frame {
  readonly scope: Scope;
  /** What ids begin with: `group/`, `airport[]/`. */
  readonly prefix: string;
  /** What the groups around wait for. */
  readonly after: readonly number[];
}

/** Records one flow while its build function runs: nodes in the order of the calls, so each after what it refers to. */
export class FlowBuilder {
  readonly handlers: (NodeHandlers | null)[] = [];
  readonly connections = new Set<string>();
  /** Stored ones, by name. */
  readonly secrets = new Set<string>();
  /** Of limits of tasks that hold per key. */
  readonly keys: KeyFunction[] = [];
  readonly #nodes: RecordedNode[] = [];
  readonly #sites = new Map<string, CallSite>();
  /** By map: what its body refers to outside of it. The map waits for those. */
  readonly #bodyUpstreams = new Map<number, Set<number>>();
  readonly #top: Scope = { parent: null, region: null };
  #frame: Frame = { scope: this.#top, prefix: "", after: [] };

  readonly name: string;
  /** What the flow says for all its tasks. */
  readonly defaults: ReadPolicies;

  constructor(name: string, defaults: ReadPolicies) {
    this.name = name;
    this.defaults = defaults;
  }

  get size(): number {
    return this.#nodes.length;
  }

  /** The place of a key function among those of the flow; tasks that share one share its place. */
  keyAt(key: KeyFunction): number {
    const known = this.keys.indexOf(key);
    return known === -1 ? this.keys.push(key) - 1 : known;
  }

  get scope(): Scope {
    return this.#frame.scope;
  }

  /**
   * Takes a name in the group, map or flow around.
   *
   * @throws MillraceError `DUPLICATE_TASK` naming both places.
   */
  claim(name: string, what: string, site: CallSite): string {
    const id = this.#frame.prefix + name;
    const first = this.#sites.get(id);
    if (first !== undefined) {
      const where = first.place === null ? "" : `; the first is at ${formatPlace(first.place)}`;
      const message = `flow "${this.name}" has a second ${what} "${id}"${where}; this one is here`;
      const hint = `Give one of them another name: .named("${name}-2") before the call.`;
      throw refusal({ code: "DUPLICATE_TASK", message, hint }, site);
    }
    this.#sites.set(id, site);
    return id;
  }

  /** Takes the first free name of `when`, `when-2`, … */
  claimNext(base: string, site: CallSite): string {
    let name = base;
    for (let count = 2; this.#sites.has(this.#frame.prefix + name); count += 1) name = `${base}-${count}`;
    return this.claim(name, "branch", site);
  }

  /** Records a node where the build function is now, and gives its index. */
  add(draft: NodeDraft, site: CallSite, handlers: NodeHandlers | null = null): number {
    const index = this.#nodes.length;
    const after = [...new Set([...this.#frame.after, ...draft.after])];
    const { scope } = this.#frame;
    this.#nodes.push({ node: { ...draft, after, map: mapOf(scope), arm: armOf(scope) } as NodeDraftPlaced, site });
    this.handlers.push(handlers);
    return index;
  }

  /** Adds to a recorded map or branch what is known only after its region has been built. */
  complete(index: number, rest: Partial<NodeDraft>): void {
    const recorded = this.#nodes[index] as RecordedNode;
    recorded.node = { ...recorded.node, ...rest } as NodeDraftPlaced;
  }

  /** Builds the region of a map or an arm. */
  inRegion<Result>(region: NonNullable<Scope["region"]>, prefix: string, build: () => Result): Result {
    // What the region's node waits for, everything in it has waited for.
    const frame = { scope: { parent: this.#frame.scope, region }, prefix: this.#frame.prefix + prefix, after: [] };
    return this.#in(frame, build);
  }

  /** Builds a group: names get its prefix, and what is placed waits for `after` too. */
  inGroup<Result>(name: string, after: readonly number[], build: () => Result): Result {
    const { scope, prefix } = this.#frame;
    return this.#in({ scope, prefix: `${prefix}${name}/`, after: [...this.#frame.after, ...after] }, build);
  }

  #in<Result>(frame: Frame, build: () => Result): Result {
    const around = this.#frame;
    this.#frame = frame;
    try {
      return build();
    } finally {
      this.#frame = around;
    }
  }

  /** Turns what an author gave into a template, checking each reference in it. */
  template(value: unknown, what: string, asker: Asker): Template {
    return withPlace(asker.site, () => toTemplate(value, (state) => this.#use(state, asker), `${what} of ${asker.id}`));
  }

  /** The nodes behind the references given to `.after(…)`. */
  waitingFor(refs: readonly unknown[], asker: Asker): readonly number[] {
    return refs.map((ref) => {
      const state = refStateOf(ref);
      if (state === undefined || !("node" in state.source)) {
        const what = state === undefined ? "something that is no reference" : state.label;
        const hint = "Give .after(…) what a task, a map or a branch returned when it was placed.";
        throw refusal({ code: "INVALID_INPUT", message: `${asker.id} waits for ${what}`, hint }, asker.site);
      }
      this.#use(state, asker);
      return state.source.node;
    });
  }

  #use(state: RefState, { id, site, upstreams }: Asker): void {
    if (state.owner !== this) {
      const message = `${id} uses ${state.label}, which belongs to another flow`;
      const hint = "A flow uses another one's results through flowRun(…), or by an asset or a file that both know.";
      throw refusal({ code: "FOREIGN_REF", message, hint }, site);
    }
    const crossed = scopesBetween(this.scope, state);
    if (crossed === undefined) {
      const message = `${id} uses ${state.label} from outside of the branch or map in which it exists`;
      const hint = "Return the reference from the branch or map, and use what that gives back.";
      throw refusal({ code: "REF_OUTSIDE_REGION", message, hint }, site);
    }
    if (!("node" in state.source)) return;
    upstreams.add(state.source.node);
    for (const { region } of crossed) {
      if (region?.kind === "map") this.#bodyUpstreams.get(region.node)?.add(state.source.node);
    }
  }

  /** From now on counts what the map's body refers to outside of it, into what the map waits for. */
  countBody(map: number, upstreams: Set<number>): void {
    this.#bodyUpstreams.set(map, upstreams);
  }

  /** Refuses a rule that has nothing to look at. Called when all upstreams of the node are known. */
  checkRule(rule: TriggerRule, { id, site, upstreams }: Asker): void {
    if (rule === "all_success" || rule === "always" || upstreams.size > 0 || this.#frame.after.length > 0) return;
    const message = `${id} has the trigger rule "${rule}" and nothing upstream to apply it to`;
    const hint = "Give it an input from another task, or .after(…), or take the rule away.";
    throw refusal({ code: "RULE_WITHOUT_UPSTREAM", message, hint }, site);
  }

  /** A reference that may be used here and further inside. */
  ref<Reference>(source: RefState["source"], label: string): Reference {
    return makeRef<Reference>({ owner: this, source, path: [], scope: this.scope, label });
  }

  /** A reference to a map's list of outputs, with `.outcomes`. */
  mapRef<Reference>(node: number, label: string): Reference {
    const source = { kind: "output", node } as const;
    return makeRef<Reference>({ owner: this, source, path: [], scope: this.scope, label }, node);
  }

  /**
   * All nodes as plain data. Looking up a place in the sources takes longer than all the rest, so each is looked up when
   * it is read: once for a version's manifest, and in workers never.
   */
  finishNodes(): readonly NodeSpec[] {
    return this.#nodes.map(({ node, site }) => {
      const finished = {
        ...node,
        get place() {
          return site.place;
        },
      };
      return finished as NodeSpec;
    });
  }
}

type NodeDraftPlaced = RecordedNode["node"];
