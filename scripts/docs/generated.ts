// All documents that are made from sources, with the text that they should have.
import { execFileSync } from "node:child_process";
import { globSync } from "node:fs";
import process from "node:process";
import { withPeers } from "../../bench/peers/readme-table.ts";
import { apiReference, testingReference } from "./api.ts";
import { errorReference } from "./errors.ts";
import { withSnippets } from "./snippets.ts";

export function generatedDocuments(): ReadonlyMap<string, string> {
  const guides = globSync("docs/guides/*.md").sort();
  return new Map([
    ["docs/reference/api.md", apiReference()],
    ["docs/reference/testing.md", testingReference()],
    ["docs/reference/errors.md", errorReference()],
    ["docs/internals/states.md", statesPage()],
    ...guides.map((file) => [file, withSnippets(file)] as const),
    ["README.md", withPeers(withSnippets("README.md"))],
  ]);
}

/** Core draws its machines itself; its scripts are run, and imported by nobody outside. */
function statesPage(): string {
  const script = "packages/core/scripts/state-diagram.ts";
  return execFileSync(process.execPath, ["--conditions=@millrace/source", script, "--print"], { encoding: "utf8" });
}
