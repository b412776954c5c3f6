/**
 * The environment variable in which every process of an executor carries its mark, for itself and for all it starts: a
 * list with commas, its own mark last. A mark is `<project>:<pid>-<start of that pid>-<n>/<worker>`.
 */
export const MARK_VARIABLE = "MILLRACE_EXECUTOR";

const PREFIX = "millrace-task-";

/**
 * How the name of a folder begins through which an attempt and its program exchange files: it names the worker, so that
 * whoever finds it can tell whether anybody still uses it.
 *
 * @param marks the value of the variable above; undefined outside of any executor, as in tests.
 */
export function exchangeFolderPrefix(marks: string | undefined): string {
  const own = (marks ?? "").slice((marks ?? "").lastIndexOf(",") + 1);
  // A mark has a colon and a slash, which names of files had better not have.
  return own === "" ? PREFIX : `${PREFIX}${own.replaceAll(/[:/]/g, "_")}-`;
}

/** The mark of the worker that a folder belongs to, or undefined where the name says nothing of one. */
export function workerOfExchangeFolder(name: string): string | undefined {
  const parts = /^millrace-task-([0-9a-f]+)_(\d+-\d+-\d+)_(\d+)-/.exec(name);
  return parts === null ? undefined : `${parts[1]}:${parts[2]}/${parts[3]}`;
}
