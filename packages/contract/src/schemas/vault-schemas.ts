import { z } from "zod";
import { Done } from "./flow-schemas.ts";
import { Instant, MaybeInstant, Name, pageOf, Whole } from "./value-schemas.ts";

const none = z.strictObject({});
const nothing = { params: none, query: none, body: null } as const;

const Entry = {
  name: z.string(),
  version: Whole.describe("From 1, one more with each change."),
  description: z.string().nullable(),
  setBy: z.string(),
  setAt: Instant,
};

const Use = z
  .object({
    kind: z.enum(["flow", "alert"]),
    name: z.string().describe("Of the flow, or of the alert rule."),
    through: z.string().nullable().describe("The connection that needs it; null where a task names it itself."),
    tasks: z.array(z.string()).describe("Of a flow: those of its tasks, where its version says so."),
  })
  .meta({ id: "VaultUse", description: "What the active version is known to use something for." });

const Used = {
  usedBy: z.array(Use).describe("What its code says. Names that tasks make up as they run are not known."),
  readAt: MaybeInstant.describe(
    "When it was read last, as far as the server knows that is asked: since it was started.",
  ),
};

const MissingSecret = z.object({ name: z.string(), usedBy: z.array(Use) }).meta({ id: "MissingSecret" });

const SecretView = z
  .object({ ...Entry, ...Used, source: z.string().describe("`stored`, or where its value is: `env:NAME`.") })
  .meta({ id: "Secret" });

const VariableView = z.object({ ...Entry, value: z.string(), readAt: Used.readAt }).meta({ id: "Variable" });

const description = z.string().max(1_000).optional().describe("Defaults to what it was.");
const SetSecret = z.strictObject({ value: z.string().min(1).max(65_536), description }).meta({ id: "SetSecret" });
const SetVariable = z.strictObject({ value: z.string().max(65_536), description }).meta({ id: "SetVariable" });

const ConnectionView = z
  .object({
    name: z.string(),
    kind: z.string().describe("`sqlite`, `duckdb`, `postgres`, …"),
    slots: Whole.nullable().describe("How many attempts may use it at once; null for any number."),
    usedBy: z
      .array(z.object({ flow: z.string(), tasks: z.array(z.string()) }))
      .describe("The flows of the active version that use it, and which of their tasks."),
    secrets: z.array(z.string()).describe("Stored secrets that it needs."),
  })
  .meta({ id: "Connection" });

const Keys = z.array(Name).max(10_000).default([]);
const ChangePartitions = z.strictObject({ add: Keys, remove: Keys }).meta({ id: "ChangePartitions" });

const ofSecret = { ...nothing, params: z.strictObject({ secret: Name }) } as const;
const ofVariable = { ...nothing, params: z.strictObject({ variable: Name }) } as const;
const ofPartitions = { ...nothing, params: z.strictObject({ partitions: Name }) } as const;

export const VAULT_SCHEMAS = {
  listSecrets: {
    ...nothing,
    response: pageOf(SecretView).extend({
      missing: z.array(MissingSecret).describe("What the active version needs, and nobody has set."),
    }),
  },
  setSecret: { ...ofSecret, body: SetSecret, response: SecretView },
  deleteSecret: { ...ofSecret, response: Done },
  listVariables: { ...nothing, response: pageOf(VariableView) },
  setVariable: { ...ofVariable, body: SetVariable, response: VariableView },
  deleteVariable: { ...ofVariable, response: Done },
  listConnections: { ...nothing, response: pageOf(ConnectionView) },
  listPartitionKeys: { ...ofPartitions, response: pageOf(z.string()) },
  changePartitions: { ...ofPartitions, body: ChangePartitions, response: Done },
} as const;
