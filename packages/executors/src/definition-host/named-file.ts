import { posix } from "node:path";

/** In a version's folder, below which the files lie that tasks name. */
const NAMED_FILES = "files";

/**
 * Where in a version's folder a file is that a task names, such as its SQL or its script.
 *
 * @param projectPath relative to the project's folder, with `/`. A name that leaves the project stays in the version.
 */
export function namedFilePath(projectPath: string): string {
  return posix.join(NAMED_FILES, projectPath.replaceAll("../", "_parent/"));
}
