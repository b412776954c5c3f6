import type { BuildResult } from "@millrace/server";
import type { CommandCall } from "../command-line/command-spec.ts";

/** Builds the project without opening its database: for commands that only look at definitions. */
export async function openBuild(call: CommandCall): Promise<BuildResult> {
  const { buildVersion, openProject } = await import("@millrace/server");
  return await buildVersion(openProject(call.projectDir));
}
