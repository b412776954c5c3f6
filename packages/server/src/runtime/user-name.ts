import { userInfo } from "node:os";

/** Who runs this process, for the record. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry, as in many containers.
    return process.env["USER"] ?? "unknown";
  }
}
