import { formatGrant, type Grant } from "@millrace/core";
import type { TokenEntry, UserEntry } from "@millrace/server";
import type { Style } from "../output/style.ts";
import { tableText } from "../output/table-text.ts";
import { isoInstant } from "../output/time-text.ts";

export function userTable(users: readonly UserEntry[], style: Style): string[] {
  const columns = [{ title: "USER" }, { title: "MAY" }, { title: "COMES IN BY" }, { title: "SET BY" }, { title: "AT" }];
  const rows = users.map(({ name, grants, hasPassword, disabledAtMs, setBy, setAtMs }) => [
    style.bold(name),
    grantsText(grants),
    disabledAtMs !== null ? style.red("disabled") : hasPassword ? "password" : "tokens",
    setBy,
    isoInstant(setAtMs),
  ]);
  return tableText(columns, rows, style.dim);
}

export function tokenTable(tokens: readonly TokenEntry[], style: Style): string[] {
  const columns = [
    { title: "TOKEN" },
    { title: "FOR" },
    { title: "MAY" },
    { title: "OF" },
    { title: "EXPIRES" },
    { title: "LAST USED" },
  ];
  const rows = tokens.map(({ id, kind, grants, user, expiresAtMs, usedAtMs, usedFrom }) => [
    style.bold(id),
    kind === "worker" ? "workers" : "the API",
    kind === "worker" ? "connect" : grantsText(grants),
    user ?? "the project",
    instantText(expiresAtMs, "never"),
    usedAtMs === null ? "never" : `${isoInstant(usedAtMs)} from ${usedFrom ?? "?"}`,
  ]);
  return tableText(columns, rows, style.dim);
}

export function userRecord(user: UserEntry): Readonly<Record<string, unknown>> {
  const { name, grants, hasPassword, disabledAtMs, setBy, setAtMs } = user;
  const disabledAt = maybeInstant(disabledAtMs);
  return { type: "user", user: name, grants, hasPassword, disabledAt, setBy, setAt: isoInstant(setAtMs) };
}

/** Without what lets somebody in: that is known to nobody any more. */
export function tokenRecord(token: TokenEntry): Readonly<Record<string, unknown>> {
  const { id, kind, grants, user, createdBy, createdAtMs, expiresAtMs, usedAtMs, usedFrom } = token;
  const times = {
    createdAt: isoInstant(createdAtMs),
    expiresAt: maybeInstant(expiresAtMs),
    usedAt: maybeInstant(usedAtMs),
  };
  return { type: "token", name: id, kind, grants, user, createdBy, ...times, usedFrom };
}

function grantsText(grants: readonly Grant[]): string {
  return grants.length === 0 ? "nothing" : grants.map(formatGrant).join(", ");
}

function instantText(ms: number | null, none: string): string {
  return ms === null ? none : isoInstant(ms);
}

function maybeInstant(ms: number | null): string | null {
  return ms === null ? null : isoInstant(ms);
}
