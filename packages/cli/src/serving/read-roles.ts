import { MillraceError } from "@millrace/core";

/** What of a server this process is. */
export interface Roles {
  /** Listens: for webhooks, the API, and workers. */
  readonly api: boolean;
  /** Leads when nobody does. */
  readonly engine: boolean;
  /** Runs attempts itself. */
  readonly worker: boolean;
}

const NAMES = ["api", "engine", "worker"] as const;

/** `--role api,engine`. */
export function readRoles(text: string | undefined): Roles {
  const given = text === undefined ? [...NAMES] : text.split(",").map((name) => name.trim());
  const unknown = given.find((name) => !NAMES.some((known) => known === name));
  if (unknown !== undefined) {
    throw new MillraceError("USAGE", `--role: there is no role "${unknown}".`, {
      hint: `Roles are ${NAMES.join(", ")}: --role api,engine`,
    });
  }
  const roles = { api: given.includes("api"), engine: given.includes("engine"), worker: given.includes("worker") };
  if (roles.worker && !roles.engine) {
    throw new MillraceError("USAGE", "--role: a server runs attempts only while it may lead.", {
      hint: "Add engine; or start `millrace worker`, which works for whoever leads.",
    });
  }
  return roles;
}
