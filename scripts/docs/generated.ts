// All documents that are made from sources, with the text that they should have.
import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import process from "node:process";
import { openApiDocument } from "@millrace/contract/schemas";
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
    ["docs/reference/openapi.json", openApi()],
    ["docs/internals/states.md", statesPage()],
    ...guides.map((file) => [file, withSnippets(file)] as const),
    ["README.md", withPeers(withSnippets("README.md"))],
  ]);
}

/** What a server of this version answers at `/api/v1/openapi.json`. */
function openApi(): string {
  const { version } = JSON.parse(readFileSync("packages/cli/package.json", "utf8")) as { version: string };
  return `${JSON.stringify(openApiDocument(version), undefined, 2)}\n`;
}

/** Core draws its machines itself; its scripts are run, and imported by nobody outside. */
function statesPage(): string {
  const script = "packages/core/scripts/state-diagram.ts";
  return execFileSync(process.execPath, ["--conditions=@millrace/source", script, "--print"], { encoding: "utf8" });
}
