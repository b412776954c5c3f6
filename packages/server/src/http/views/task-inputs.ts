import type { RouteOutput } from "@millrace/contract";
import type { FlowSpec, ItemPath, Path, RunRow, Store, StoredValue, Template } from "@millrace/core";
import { depthOf, itemSeen, labelSeen } from "./task-place.ts";
import { jsonOf } from "./values.ts";

export type TaskInput = RouteOutput<"getTask">["inputs"][number];

/** More are not told: nobody reads them. */
const MOST_INPUTS = 60;
/** A value whose JSON is longer is shown in part, and what is kept in a longer text is not even read. */
const MOST_SHOWN = 32 * 1024;
const MOST_READ = 1024 * 1024;
const FEW_ITEMS = 20;
const FEW_LETTERS = 2_000;
/** How a stored value says that a part of it is kept as a file. */
const POINTER = '"$":"Artifact"';

/** Where a task is given its input. */
export interface InputPlace {
  readonly store: Pick<Store, "findOutput">;
  readonly spec: FlowSpec;
  readonly run: RunRow;
  readonly item: ItemPath;
}

type Leaf = Exclude<Template, { kind: "list" | "record" }>;
type Found = Pick<TaskInput, "state" | "value" | "bytes">;

const LATER: Found = { state: "later", value: null, bytes: null };
const UNKNOWN: Found = { state: "unknown", value: null, bytes: null };

/** What a task is given, by the template of its input: each part with where it comes from. */
export async function inputsOf(place: InputPlace, template: Template): Promise<TaskInput[]> {
  const leaves: [path: string, leaf: Leaf][] = [];
  gather(template, "", leaves);
  return Promise.all(
    leaves.slice(0, MOST_INPUTS).map(async ([path, leaf]) => ({
      path,
      ...sourceOf(place, leaf),
      ...shown(await valueAt(place, leaf)),
    })),
  );
}

function gather(template: Template, path: string, leaves: [string, Leaf][]): void {
  const inside = (name: string | number): string => (path === "" ? String(name) : `${path}.${name}`);
  if (template.kind === "list") template.items.map((each, at) => gather(each, inside(at), leaves));
  else if (template.kind === "record") {
    for (const [name, each] of Object.entries(template.fields)) gather(each, inside(name), leaves);
  } else leaves.push([path, template]);
}

function sourceOf({ spec, item }: InputPlace, leaf: Leaf): Pick<TaskInput, "source" | "task" | "field"> {
  const field = "path" in leaf ? leaf.path.join(".") : "";
  switch (leaf.kind) {
    case "output":
      return { source: "task", task: labelSeen(spec, leaf.node, item), field };
    case "outcomes":
      return { source: "outcomes", task: labelSeen(spec, leaf.node, item), field };
    case "item":
    case "index":
      return { source: leaf.kind, task: listTask(spec, leaf.map, item), field };
    case "params":
    case "value":
      return { source: leaf.kind, task: null, field };
  }
}

/** The task that gave the list of a map, where it is one. */
function listTask(spec: FlowSpec, map: number, item: ItemPath): string | null {
  const node = spec.nodes[map];
  const list = node?.kind === "map" ? node.list : undefined;
  return list?.kind === "output" ? labelSeen(spec, list.node, item) : null;
}

async function valueAt(place: InputPlace, leaf: Leaf): Promise<Found> {
  const { spec, run, item } = place;
  switch (leaf.kind) {
    case "value":
      return given(jsonOf(leaf.text), []);
    case "params":
      return given(jsonOf(run.params), leaf.path);
    case "index":
      return given(indexOf(spec, leaf.map, item), []);
    case "item":
      return itemOf(place, leaf);
    case "output": {
      const at = itemSeen(spec, leaf.node, item);
      const stored = at === undefined ? undefined : await place.store.findOutput(run.id, leaf.node, at);
      return stored === undefined ? LATER : storedValue(stored, leaf.path);
    }
    case "outcomes":
      return UNKNOWN;
  }
}

async function itemOf(place: InputPlace, { map, path }: Leaf & { kind: "item" }): Promise<Found> {
  const node = place.spec.nodes[map];
  const list = node?.kind === "map" ? node.list : undefined;
  if (list === undefined || list.kind === "list" || list.kind === "record") return UNKNOWN;
  const found = await valueAt(place, list);
  if (found.state !== "given" || !Array.isArray(found.value)) return found.state === "given" ? UNKNOWN : found;
  return { ...given(found.value[indexOf(place.spec, map, place.item)], path), bytes: null };
}

function indexOf(spec: FlowSpec, map: number, item: ItemPath): number {
  return Number(item.split(".")[depthOf(spec, map)] ?? 0);
}

function storedValue(stored: StoredValue, path: Path): Found {
  if (stored.kind === "none") return { state: "given", value: null, bytes: 0 };
  if (stored.kind === "artifact") return { state: "large", value: null, bytes: stored.bytes };
  const bytes = stored.text.length;
  if (bytes > MOST_READ || stored.text.includes(POINTER)) return { state: "large", value: null, bytes };
  return { ...given(jsonOf(stored.text), path), bytes };
}

function given(value: unknown, path: Path): Found {
  let picked = value;
  for (const key of path) {
    if (typeof picked !== "object" || picked === null || !Object.hasOwn(picked, key)) return UNKNOWN;
    picked = (picked as Record<string | number, unknown>)[key];
  }
  return { state: "given", value: picked ?? null, bytes: null };
}

/** A value that is long is shown in part. */
function shown(found: Found): Found {
  if (found.state !== "given" || JSON.stringify(found.value).length <= MOST_SHOWN) return found;
  return { ...found, state: "large", value: beginningOf(found.value) };
}

function beginningOf(value: unknown): unknown {
  if (typeof value === "string") return value.slice(0, FEW_LETTERS);
  const few = Array.isArray(value) ? value.slice(0, FEW_ITEMS) : null;
  return JSON.stringify(few).length <= MOST_SHOWN ? few : null;
}
