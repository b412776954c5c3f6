import {
  type EncodedText,
  type Frame,
  listText,
  type Path,
  pickText,
  pointerText,
  recordText,
  type StoredValue,
  SUCCESS,
  type Template,
  UNDEFINED_TEXT,
} from "@millrace/core";
import type { ActiveRun } from "./active-run.ts";
import { itemText } from "./item-list.ts";
import type { OutputMemory } from "./output-memory.ts";

/** Where a template is filled: a task run's place in its run. */
export interface Place {
  readonly run: ActiveRun;
  readonly frame: Frame;
  readonly slot: number;
}

/** Something that must be read before a template can be filled. */
export type Missing =
  | { readonly kind: "output"; readonly frame: Frame; readonly slot: number }
  | { readonly kind: "list"; readonly frame: Frame; readonly slot: number }
  | { readonly kind: "outcomes"; readonly frame: Frame; readonly slot: number };

/** Frame and slot of the node that a place sees under this index: in its own item, or in one around it. */
export function seenFrom(place: Place, node: number): { readonly frame: Frame; readonly slot: number } {
  const { compiled } = place.run.flow;
  const scope = compiled.scopeOf[node] as number;
  let { frame, slot } = place;
  while (frame.scope.index !== scope) {
    const parent = frame.parent;
    if (parent === undefined) throw new Error(`node ${node} cannot be seen from ${place.frame.nodeAt(place.slot)}`);
    slot = parent.slot;
    frame = parent.frame;
  }
  return { frame, slot: slot - (slot % frame.width) + (compiled.localOf[node] as number) };
}

/** The frame of the items of map `map` around a place, and which item it is. */
export function itemAround(place: Place, map: number): { readonly items: Frame; readonly index: number } {
  let { frame, slot } = place;
  while (frame.scope.map !== map) {
    const parent = frame.parent;
    if (parent === undefined) throw new Error(`map ${map} is not around ${place.frame.nodeAt(place.slot)}`);
    slot = parent.slot;
    frame = parent.frame;
  }
  return { items: frame, index: frame.itemAt(slot) };
}

/** Puts inputs together from texts, without parsing any. */
export class Inputs {
  readonly #outputs: OutputMemory;

  constructor(outputs: OutputMemory) {
    this.#outputs = outputs;
  }

  /** The filled template. What had to be read first is added to `missing`, and then the text is of no use. */
  assemble(place: Place, template: Template, missing: Missing[]): EncodedText {
    switch (template.kind) {
      case "value":
        return template.text;
      case "output":
        return this.#output(place, template, missing);
      case "outcomes": {
        const at = seenFrom(place, template.node);
        const text = place.run.regionOutcomes.get(at.frame)?.get(at.slot);
        if (text !== undefined) return text;
        missing.push({ kind: "outcomes", ...at });
        return UNDEFINED_TEXT;
      }
      case "params":
        return picked(place.run.made.params, template.path);
      case "item":
        return this.#item(place, template, missing);
      case "index":
        return String(itemAround(place, template.map).index) as EncodedText;
      case "list":
        return listText(template.items.map((item) => this.assemble(place, item, missing)));
      case "record": {
        const fields: Record<string, EncodedText> = {};
        for (const name in template.fields)
          fields[name] = this.assemble(place, template.fields[name] as Template, missing);
        return recordText(fields);
      }
    }
  }

  /** The stored value of a node that has succeeded; undefined when it must be read first. */
  valueAt(frame: Frame, slot: number): StoredValue | undefined {
    return frame.state[slot] === SUCCESS ? this.#outputs.get(frame, slot) : NO_VALUE;
  }

  #output(place: Place, part: Template & { kind: "output" }, missing: Missing[]): EncodedText {
    const at = seenFrom(place, part.node);
    const value = this.valueAt(at.frame, at.slot);
    if (value === undefined) {
      missing.push({ kind: "output", ...at });
      return UNDEFINED_TEXT;
    }
    return storedText(value, part.path);
  }

  #item(place: Place, part: Template & { kind: "item" }, missing: Missing[]): EncodedText {
    const { items, index } = itemAround(place, part.map);
    const { frame, slot } = items.parent as NonNullable<Frame["parent"]>;
    const list = place.run.listAt(frame, slot);
    const text = list === undefined ? undefined : itemText(list, index);
    if (text === undefined) {
      missing.push({ kind: "list", frame, slot });
      return UNDEFINED_TEXT;
    }
    return picked(text, part.path);
  }
}

const NO_VALUE: StoredValue = { kind: "none" };

/** A stored value, or a field of it, as text to be put into an input. */
export function storedText(value: StoredValue, path: Path): EncodedText {
  switch (value.kind) {
    case "none":
      return UNDEFINED_TEXT;
    case "inline":
      return picked(value.text, path);
    case "artifact":
      return pointerText(value.artifact, path);
  }
}

function picked(text: EncodedText, path: Path): EncodedText {
  return path.length === 0 ? text : pickText(text, path);
}
