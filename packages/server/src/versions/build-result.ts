import type { VersionFlow, VersionId } from "@millrace/core";
import type { ProjectConfig } from "../project/project.ts";
import type { Diagnostic } from "./diagnostic.ts";

/** What building a project gave. */
export interface BuildResult {
  /** Null when no version was made: the configuration is broken, or only a good one was wanted and there are errors. */
  readonly version: VersionId | null;
  /** The flows that are usable, by name. */
  readonly flows: readonly VersionFlow[];
  /** Errors first. A flow file with an error is not in the version; the others are. */
  readonly diagnostics: readonly Diagnostic[];
  /** Null when the configuration could not be read. */
  readonly config: ProjectConfig | null;
  /** False when nothing had changed since the last build and its result was taken. */
  readonly rebuilt: boolean;
}
