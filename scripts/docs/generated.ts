// All documents that are made from sources, with the text that they should have.
import { globSync } from "node:fs";
import { withPeers } from "../../bench/peers/readme-table.ts";
import { renderDocument } from "../../packages/core/scripts/state-diagram.ts";
import { apiReference, testingReference } from "./api.ts";
import { errorReference } from "./errors.ts";
import { withSnippets } from "./snippets.ts";

export function generatedDocuments(): ReadonlyMap<string, string> {
  const guides = globSync("docs/guides/*.md").sort();
  return new Map([
    ["docs/reference/api.md", apiReference()],
    ["docs/reference/testing.md", testingReference()],
    ["docs/reference/errors.md", errorReference()],
    ["docs/internals/states.md", renderDocument()],
    ...guides.map((file) => [file, withSnippets(file)] as const),
    ["README.md", withPeers(withSnippets("README.md"))],
  ]);
}
