import { z } from "zod";
import { Done } from "./flow-schemas.ts";
import { Instant, Name, pageOf, Whole } from "./value-schemas.ts";

const none = z.strictObject({});
const nothing = { params: none, query: none, body: null } as const;

const Entry = {
  name: z.string(),
  version: Whole.describe("From 1, one more with each change."),
  description: z.string().nullable(),
  setBy: z.string(),
  setAt: Instant,
};

const SecretView = z
  .object({ ...Entry, source: z.string().describe("`stored`, or where its value is: `env:NAME`.") })
  .meta({ id: "Secret" });

const VariableView = z.object({ ...Entry, value: z.string() }).meta({ id: "Variable" });

const description = z.string().max(1_000).optional().describe("Defaults to what it was.");
const SetSecret = z.strictObject({ value: z.string().min(1).max(65_536), description }).meta({ id: "SetSecret" });
const SetVariable = z.strictObject({ value: z.string().max(65_536), description }).meta({ id: "SetVariable" });

const ConnectionView = z
  .object({
    name: z.string(),
    kind: z.string().describe("`sqlite`, `duckdb`, `postgres`, …"),
    slots: Whole.nullable().describe("How many attempts may use it at once; null for any number."),
  })
  .meta({ id: "Connection" });

const Keys = z.array(Name).max(10_000).default([]);
const ChangePartitions = z.strictObject({ add: Keys, remove: Keys }).meta({ id: "ChangePartitions" });

const ofSecret = { ...nothing, params: z.strictObject({ secret: Name }) } as const;
const ofVariable = { ...nothing, params: z.strictObject({ variable: Name }) } as const;
const ofPartitions = { ...nothing, params: z.strictObject({ partitions: Name }) } as const;

export const VAULT_SCHEMAS = {
  listSecrets: { ...nothing, response: pageOf(SecretView) },
  setSecret: { ...ofSecret, body: SetSecret, response: SecretView },
  deleteSecret: { ...ofSecret, response: Done },
  listVariables: { ...nothing, response: pageOf(VariableView) },
  setVariable: { ...ofVariable, body: SetVariable, response: VariableView },
  deleteVariable: { ...ofVariable, response: Done },
  listConnections: { ...nothing, response: pageOf(ConnectionView) },
  listPartitionKeys: { ...ofPartitions, response: pageOf(z.string()) },
  changePartitions: { ...ofPartitions, body: ChangePartitions, response: Done },
} as const;
