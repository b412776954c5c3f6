import { formatDuration } from "@millrace/core";
import type { PoolOverview, SlotUse } from "@millrace/server";
import type { Style } from "../output/style.ts";
import { tableText } from "../output/table-text.ts";
import { isoInstant } from "../output/time-text.ts";

const SOURCES: Readonly<Record<PoolOverview["source"], string>> = {
  set: "set by hand",
  config: "",
  claimed: "declared nowhere",
};

/** Lists pools for people. */
export function poolTable(pools: readonly PoolOverview[], style: Style): string[] {
  const columns = [
    { title: "POOL" },
    { title: "TAKEN", align: "right" },
    { title: "SLOTS", align: "right" },
    { title: "WAITING", align: "right" },
    { title: "" },
  ] as const;
  const rows = pools.map((pool) => [
    style.bold(pool.name),
    pool.used > pool.slots ? style.yellow(String(pool.used)) : String(pool.used),
    pool.slots === 0 ? style.yellow("0") : String(pool.slots),
    String(pool.waiting),
    style.dim([SOURCES[pool.source], pool.description ?? ""].filter((text) => text !== "").join("  ")),
  ]);
  return tableText(columns, rows, style.dim);
}

/** One pool with its holders, and with its line, first in line first. */
export function poolText(pool: PoolOverview, style: Style, nowMs: number): string[] {
  const source = SOURCES[pool.source] === "" ? "" : `, ${SOURCES[pool.source]}`;
  const title = `${style.bold(pool.name)}: ${pool.used} of ${pool.slots} slots are taken${source}`;
  const lines = [title, ...(pool.description === null ? [] : [style.dim(pool.description)])];
  if (pool.rate !== null) lines.push(`At most ${rateText(pool.rate)} start in all.`);
  if (pool.slots === 0) lines.push(style.yellow("It has no slots, so nothing that needs it starts."));
  else if (pool.used > pool.slots)
    lines.push(style.yellow("It is fuller than it may be: nobody gets a slot until it is not."));
  if (pool.holders.length > 0) lines.push("", "held by:", ...useLines(pool.holders, style, nowMs));
  if (pool.waiting > 0) {
    lines.push("", "waiting, first in line first:", ...useLines(pool.waiters, style, nowMs));
    const more = pool.waiting - pool.waiters.length;
    if (more > 0) lines.push(`  and ${more} more`);
  }
  return lines;
}

function rateText({ limit, perMs }: NonNullable<PoolOverview["rate"]>): string {
  return `${limit} in ${formatDuration(perMs)}`;
}

function useLines(uses: readonly SlotUse[], style: Style, nowMs: number): string[] {
  return tableLines(
    uses.map((use) => [
      `${use.flow}/${style.bold(use.task)}`,
      style.dim(use.run),
      use.slots === 1 ? "" : `${use.slots} slots`,
      `for ${formatDuration(Math.max(0, nowMs - use.sinceMs))}`,
      [use.class === "backfill" ? "backfill" : "", use.priority === 0 ? "" : `priority ${use.priority}`]
        .filter((text) => text !== "")
        .join(", "),
    ]),
  );
}

/** Rows without titles. */
function tableLines(rows: readonly (readonly string[])[]): string[] {
  const columns = (rows[0] ?? []).map(() => ({ title: "" }));
  return tableText(columns, rows, (title) => title)
    .slice(1)
    .map((line) => `  ${line}`);
}

export function poolRecord(pool: PoolOverview): Readonly<Record<string, unknown>> {
  const { name, slots, used, description, source, waiting } = pool;
  return {
    type: "pool",
    pool: name,
    slots,
    used,
    description,
    source,
    holders: pool.holders.map(useRecord),
    waiting,
    waiters: pool.waiters.map(useRecord),
  };
}

function useRecord({ sinceMs, ...use }: SlotUse): Readonly<Record<string, unknown>> {
  return { ...use, since: isoInstant(sinceMs) };
}
