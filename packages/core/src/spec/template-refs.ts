import type { Template } from "./template.ts";

/** Calls `visit` for each place of the template that is filled from a node or a map's item. */
export function visitRefs(template: Template, visit: (part: RefPart) => void): void {
  switch (template.kind) {
    case "output":
    case "outcomes":
    case "item":
    case "index":
      visit(template);
      return;
    case "list":
      for (const item of template.items) visitRefs(item, visit);
      return;
    case "record":
      for (const field of Object.values(template.fields)) visitRefs(field, visit);
      return;
    case "value":
    case "params":
      return;
  }
}

/** The parts of a template that depend on other nodes. */
export type RefPart = Extract<Template, { kind: "output" | "outcomes" | "item" | "index" }>;
