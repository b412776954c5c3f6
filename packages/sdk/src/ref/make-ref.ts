import { inspect } from "node:util";
import { CallSite } from "../source/call-site.ts";
import { refusal } from "../source/refuse.ts";
import { REF, type RefState } from "./ref-state.ts";

/** A reference at run time: a function, so that a call of one of its "methods" can be told from other mistakes. */
type Target = (() => void) & { [REF]: RefState };

const POSITION = /^(?:0|[1-9]\d{0,14})$/;

/**
 * Makes a reference. The type that it stands for is the caller's to say.
 *
 * @param mapNode the node of the map whose outputs it refers to: then `.outcomes` is there too.
 */
export function makeRef<Reference>(state: RefState, mapNode?: number): Reference {
  const target = (() => {}) as Target;
  target[REF] = state;
  Object.defineProperty(target, inspect.custom, { value: () => `Ref<${state.label}>` });
  return new Proxy(target, mapNode === undefined ? HANDLER : mapHandler(mapNode)) as unknown as Reference;
}

function mapHandler(node: number): ProxyHandler<Target> {
  return {
    ...HANDLER,
    get: function get(target, key) {
      if (key !== "outcomes") return readField(target, key, get);
      const state = target[REF];
      return makeRef({ ...state, source: { kind: "outcomes", node }, label: `${state.label}.outcomes` });
    },
  };
}

// biome-ignore lint/complexity/noBannedTypes: any function may be the one the author's line called.
function readField(target: Target, key: string | symbol, below: Function): unknown {
  const state = target[REF];
  if (key === REF) return state;
  if (typeof key === "symbol") {
    if (key === Symbol.toPrimitive) {
      return function toPrimitive(): never {
        throw asValue(state, { what: "its value is used here, in a text, a sum or a comparison", below: toPrimitive });
      };
    }
    if (key === Symbol.iterator || key === Symbol.asyncIterator) {
      throw asValue(state, {
        what: "it is iterated here",
        below: below,
        hint: "Fan out with task.each(ref, (item) => …).",
      });
    }
    return undefined;
  }
  if (key === "then")
    throw asValue(state, { what: "it is awaited here", below: below, hint: "A flow's build function does not wait." });
  if (key === "toJSON") throw asValue(state, { what: "it is turned into JSON here", below: below });
  if (state.source.kind === "outcomes" || state.source.kind === "index") {
    throw asValue(state, { what: `"${key}" of it is read here`, below: below });
  }
  const step = POSITION.test(key) ? Number(key) : key;
  return makeRef({ ...state, path: [...state.path, step], label: `${state.label}.${key}` });
}

const HANDLER: ProxyHandler<Target> = {
  get: function get(target, key) {
    return readField(target, key, get);
  },
  has: function has(target, key): boolean {
    if (key === REF) return true;
    throw asValue(target[REF], { what: `it is asked for "${String(key)}" here`, below: has });
  },
  apply: function apply(target): never {
    throw asValue(target[REF], { what: "it is called here as if it were a function or had methods", below: apply });
  },
  ownKeys: function ownKeys(target): never {
    throw asValue(target[REF], {
      what: "its fields are listed here",
      below: ownKeys,
      hint: "Name the fields: { a: ref.a, b: ref.b }.",
    });
  },
  set: function set(target, key): never {
    throw asValue(target[REF], { what: `"${String(key)}" of it is assigned here`, below: set });
  },
  deleteProperty: function deleteProperty(target, key): never {
    throw asValue(target[REF], { what: `"${String(key)}" of it is deleted here`, below: deleteProperty });
  },
  defineProperty: function defineProperty(target, key): never {
    throw asValue(target[REF], { what: `"${String(key)}" of it is defined here`, below: defineProperty });
  },
  getPrototypeOf: () => null,
};

/** `JSON.stringify`, `Object.keys` and their like stand between the author's line and the trap. */
const ENGINE_FRAMES = 8;

const HINT =
  "The value exists when the flow runs: compute with it inside a task, and choose by it with when or choose.";

interface Misuse {
  readonly what: string;
  readonly hint?: string;
  // biome-ignore lint/complexity/noBannedTypes: the trap that the author's line ran into.
  readonly below: Function;
}

function asValue(state: RefState, { what, below, hint = HINT }: Misuse): Error {
  const message = `${state.label} is a reference, not a value; ${what}`;
  return refusal({ code: "REF_AS_VALUE", message, hint }, new CallSite(below, ENGINE_FRAMES));
}
