import {
  type ArtifactId,
  type EncodedText,
  encode,
  type Frame,
  INLINE_OUTPUT_BYTES,
  listText,
  type MapNodeSpec,
  MillraceError,
  type Path,
  recordText,
  type StoredValue,
  SUCCESS,
  type Template,
  UNDEFINED_TEXT,
} from "@millrace/core";
import type { ActiveRun } from "./active-run.ts";
import { itemAround, type Missing, type Place, seenFrom } from "./inputs.ts";
import { type ItemList, itemText } from "./item-list.ts";
import { itemOutcomes } from "./item-outcomes.ts";
import { type Located, locateIn, UNDEFINED_RAW, withoutPicks } from "./located.ts";
import type { World } from "./world.ts";

/** The template filled, reading whatever it needs. */
export async function filled(world: World, place: Place, template: Template): Promise<EncodedText> {
  for (;;) {
    const missing: Missing[] = [];
    const text = world.inputs.assemble(place, template, missing);
    if (missing.length === 0) return text;
    await readMissing(world, place, missing);
  }
}

/** Reads what an input lacks: outputs that fell out of memory, lists after a restart, outcomes of a map's items. */
export async function readMissing(world: World, place: Place, missing: readonly Missing[]): Promise<void> {
  for (const part of missing) {
    switch (part.kind) {
      case "output":
        await readOutput(world, place.run, part);
        break;
      case "list":
        await readList(world, place.run, part);
        break;
      case "outcomes":
        await readOutcomes(world, place.run, part);
        break;
    }
  }
}

interface At {
  readonly frame: Frame;
  readonly slot: number;
}

async function readOutput(world: World, run: ActiveRun, { frame, slot }: At): Promise<void> {
  const value = await world.ports.store.findOutput(run.id, frame.nodeAt(slot), frame.pathAt(slot));
  world.outputs.put(frame, slot, value ?? { kind: "none" });
}

async function readList(world: World, run: ActiveRun, at: At): Promise<void> {
  const spec = run.flow.spec.nodes[at.frame.nodeAt(at.slot)];
  if (spec?.kind !== "map") throw new Error("items of a node that is not a map");
  run.keepList(at.frame, at.slot, await resolveList(world, { run, ...at }, spec));
}

async function readOutcomes(world: World, run: ActiveRun, { frame, slot }: At): Promise<void> {
  const spec = run.flow.spec.nodes[frame.nodeAt(slot)];
  if (spec?.kind !== "map") throw new Error("outcomes of a node that is not a map");
  const items = frame.bodies.get(slot);
  const text =
    items === undefined
      ? await outcomesOfValues(world, { run, frame, slot })
      : await itemOutcomes(world, { run, items }, (item) =>
          filled(world, { run, frame: items, slot: item * items.width }, spec.result),
        );
  const slots = run.regionOutcomes.get(frame) ?? new Map<number, EncodedText>();
  run.regionOutcomes.set(frame, slots);
  slots.set(slot, text);
}

/** A map that was taken over from another run has values and no items; all of them ended well. */
async function outcomesOfValues(world: World, { run, frame, slot }: Place): Promise<EncodedText> {
  if (frame.state[slot] !== SUCCESS) return listText([]);
  const located = await locate(world, { run, frame, slot }, { kind: "output", node: frame.nodeAt(slot), path: [] });
  const list = await listIn(world, located);
  const texts = Array.from({ length: list?.length ?? 0 }, (_, index) =>
    recordText({ state: encode("success"), value: (list && itemText(list, index)) ?? UNDEFINED_TEXT }),
  );
  return listText(texts);
}

/** The elements of a map's list. Throws `NOT_A_LIST` and `TOO_MANY_ITEMS`. */
export async function resolveList(world: World, place: Place, map: MapNodeSpec): Promise<ItemList> {
  const list = await readElements(world, place, map);
  if (list.length > map.maxItems) {
    throw new MillraceError(
      "TOO_MANY_ITEMS",
      `${map.id} would run over ${list.length} items, and its limit is ${map.maxItems}`,
      { hint: "Group the items into batches, or raise maxItems on the map." },
    );
  }
  return list;
}

async function readElements(world: World, place: Place, map: MapNodeSpec): Promise<ItemList> {
  if (map.list.kind === "list") {
    const texts: EncodedText[] = [];
    for (const item of map.list.items) texts.push(await filled(world, place, item));
    return { kind: "texts", length: texts.length, texts };
  }
  const located = await locate(world, place, map.list);
  const list = await listIn(world, located);
  if (list !== undefined) return list;
  throw notAList(map, located.kind === "raw" ? describe(located.raw) : "another kind of value");
}

async function listIn(world: World, located: Located): Promise<ItemList | undefined> {
  if (located.kind === "artifact") {
    const { artifact, path } = located;
    const length = await world.ports.artifacts.listLength(artifact, path);
    return length === undefined ? undefined : { kind: "artifact", length, artifact, path };
  }
  if (!Array.isArray(located.raw)) return undefined;
  const texts = located.raw.map((element) => JSON.stringify(element) as EncodedText);
  return { kind: "texts", length: texts.length, texts };
}

function notAList(map: MapNodeSpec, got: string): MillraceError {
  return new MillraceError("NOT_A_LIST", `${map.id} runs over a list, and got ${got}`, {
    hint: "Let the task upstream return an array.",
  });
}

function describe(raw: unknown): string {
  if (raw === null) return "null";
  if (typeof raw !== "object") return `a ${typeof raw}`;
  const mark = (raw as { readonly $?: unknown }).$;
  if (typeof mark !== "string") return "an object";
  return mark === "undefined" ? "undefined" : `a ${mark}`;
}

/** Finds a template's value without reading more of it than needed. */
export async function locate(world: World, place: Place, template: Template): Promise<Located> {
  if (template.kind === "output") {
    const at = seenFrom(place, template.node);
    if (world.inputs.valueAt(at.frame, at.slot) === undefined) await readOutput(world, place.run, at);
    const value = world.inputs.valueAt(at.frame, at.slot);
    if (value?.kind === "artifact") return { kind: "artifact", artifact: value.artifact, path: template.path };
    return locateIn(value?.kind === "inline" ? JSON.parse(value.text) : UNDEFINED_RAW, template.path);
  }
  if (template.kind === "item") {
    const { items, index } = itemAround(place, template.map);
    const at = items.parent as At;
    if (place.run.listAt(at.frame, at.slot)?.kind === "unread") await readList(world, place.run, at);
    const list = place.run.listAt(at.frame, at.slot);
    if (list?.kind === "artifact") return inList(list, [index, ...template.path]);
    const text = list === undefined ? undefined : itemText(list, index);
    return locateIn(text === undefined ? UNDEFINED_RAW : JSON.parse(text), template.path);
  }
  return locateIn(JSON.parse(await filled(world, place, template)), []);
}

function inList(list: { readonly artifact: ArtifactId; readonly path: Path }, path: Path): Located {
  return { kind: "artifact", artifact: list.artifact, path: [...list.path, ...path] };
}

/** A text that the engine put together, stored inline or as an artifact by its size. */
export async function keptText(world: World, text: EncodedText): Promise<StoredValue> {
  if (text === UNDEFINED_TEXT) return { kind: "none" };
  if (text.length <= INLINE_OUTPUT_BYTES) return { kind: "inline", text: straightened(text) };
  return { kind: "artifact", ...(await world.ports.artifacts.write(straightened(text))) };
}

/** The list of such texts, never put together in memory when it is large. */
export async function keptList(world: World, parts: readonly EncodedText[]): Promise<StoredValue> {
  let length = parts.length + 1;
  for (const part of parts) length += part.length;
  if (length <= INLINE_OUTPUT_BYTES) return { kind: "inline", text: straightened(listText(parts)) };
  return { kind: "artifact", ...(await world.ports.artifacts.writeList(parts.map(straightened))) };
}

/** A stored value holds what was picked, and not what it was picked from. */
function straightened(text: EncodedText): EncodedText {
  return withoutPicks(text) as EncodedText;
}
