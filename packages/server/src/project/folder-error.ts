import { MillraceError } from "@millrace/core";

/** What to say when the data folder cannot be written. */
export function toFolderError(error: unknown, folder: string): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  switch (error.code) {
    case "ENOSPC":
    case "EDQUOT":
      return new MillraceError("DISK_FULL", `There is no space left to write ${folder}.`, {
        hint: "Free some space and try again; nothing was lost.",
        cause: error,
      });
    default:
      return new MillraceError("STORE_FAILED", `The folder ${folder} cannot be written: ${error.message}`, {
        hint: "Check who owns it and what its rights are: Millrace keeps the project's database and versions there.",
        cause: error,
      });
  }
}
