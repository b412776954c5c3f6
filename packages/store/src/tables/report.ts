import type { AttemptId, DataReport, ItemPath, ReportRow, RunId } from "@millrace/core";
import type { Insertable, Selectable } from "kysely";
import { act } from "../act.ts";
import type { ReportTable } from "../schema.ts";
import { fromJson } from "./json.ts";

type NewReport = Required<Omit<Insertable<ReportTable>, "num" | "slice">>;

export const recordReport = act("recordReport", (db, given: NewReport) =>
  db.insertInto("report").values({
    run: given.run,
    node: given.node,
    item: given.item,
    attempt: given.attempt,
    at: given.at,
    kind: given.kind,
    asset: given.asset,
    data_version: given.data_version,
    data: given.data,
  }),
);

export const listReports = act("listReports", (db, given: { run: number }) =>
  db.selectFrom("report").selectAll().where("run", "=", given.run).orderBy("num"),
);

/** A page by place: walks along the index over what comes before it. */
export const listReportsFrom = act("listReportsFrom", (db, given: { run: number; skip: number; limit: number }) =>
  db.selectFrom("report").selectAll().where("run", "=", given.run).orderBy("num").limit(given.limit).offset(given.skip),
);

/** Whether a run has more reports than so many. */
export const peekReports = act("peekReports", (db, given: { run: number; offset: number }) =>
  db.selectFrom("report").select("run").where("run", "=", given.run).limit(1).offset(given.offset),
);

/** Asset and data version stand in columns of their own, beside the whole, for those who will ask by them. */
export function reportToColumns(run: number, row: ReportRow): NewReport {
  const { data } = row;
  return {
    run,
    node: row.node,
    item: row.item,
    attempt: row.attempt,
    at: row.atMs,
    kind: data.kind,
    asset: data.kind === "custom" ? null : data.asset,
    data_version: data.kind === "materialization" ? data.dataVersion : null,
    data: JSON.stringify(data),
  };
}

export function reportFromColumns(run: RunId, row: Selectable<ReportTable>): ReportRow {
  return {
    run,
    node: row.node,
    item: row.item as ItemPath,
    attempt: row.attempt as AttemptId,
    atMs: row.at,
    data: fromJson<DataReport>(row.data),
  };
}
