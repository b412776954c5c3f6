import { type OutputRow, pointerText, type Store } from "@millrace/core";
import { BlockingArtifactReader, InputDecoder } from "@millrace/executors";
import type { Project } from "../project/project.ts";

/** A stored value for people and programs, with all that it keeps in artifact storage. */
export async function readOutput(
  from: { readonly project: Project; readonly store: Store },
  { run, node, item }: Omit<OutputRow, "value">,
): Promise<{ readonly value: unknown } | undefined> {
  const stored = await from.store.findOutput(run, node, item);
  if (stored === undefined || stored.kind === "none") return undefined;
  const text = stored.kind === "inline" ? stored.text : pointerText(stored.artifact);
  const decoder = new InputDecoder(new BlockingArtifactReader(from.project.artifactsDir));
  return { value: decoder.decode(text) };
}
