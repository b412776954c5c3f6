import { z } from "zod";
import { Count, GivenInstant, Instant, Json, Name, PageQuery, pageOf, Whole } from "./value-schemas.ts";

const none = z.strictObject({});
const nothing = { params: none, query: none, body: null } as const;
const ofVersion = { ...nothing, params: z.strictObject({ version: Name }) } as const;

const AuditView = z
  .object({
    seq: Whole.describe("From 1, without a gap."),
    at: Instant,
    actor: z.string(),
    action: z.string().describe("The name of an operation, such as `setPool`."),
    target: z.string().describe("What it was done to, such as `pool shop-api`."),
    from: z.string().describe("`api` with an address, or `command` with a machine."),
    before: Json.describe("What was there, where that is known; null else."),
    after: Json.describe("What was asked for. Never a secret's value."),
    hash: z.string(),
  })
  .meta({ id: "AuditRow" });

const Head = z.object({ seq: Whole, hash: z.string() });

const Verdict = z
  .object({
    ok: z.boolean(),
    rows: Whole,
    head: Head.describe(
      "Note it elsewhere: given as `noted`, it proves later that nothing up to here was written anew.",
    ),
    found: Whole.describe("How many faults there are."),
    faults: z
      .array(
        z.object({
          kind: z.enum(["changed", "missing", "extra", "head", "rewritten"]),
          from: Whole,
          to: Whole,
        }),
      )
      .describe("The first hundred, with the numbers of the rows."),
  })
  .meta({ id: "AuditVerdict" });

const FileView = z.object({ path: z.string(), bytes: Whole, sha256: z.string() });

const VersionView = z
  .object({
    version: z.string(),
    createdAt: Instant,
    flows: z.array(z.object({ name: z.string(), codeHash: z.string() })),
    dependencies: z
      .record(z.string(), z.string())
      .describe("Packages that are not in the bundle, with their versions."),
    files: z.array(FileView),
  })
  .meta({ id: "Version" });

const Different = z.object({ name: z.string(), change: z.enum(["added", "removed", "changed"]) });

export const RECORD_SCHEMAS = {
  listAudit: {
    ...nothing,
    query: PageQuery.extend({
      actor: Name.optional(),
      target: Name.optional(),
      action: Name.optional().describe("The name of an operation, such as `setPool`."),
      from: GivenInstant.optional().describe("Only what was done at this instant or later."),
      to: GivenInstant.optional().describe("Only what was done before this instant."),
    }),
    response: pageOf(AuditView),
  },
  verifyAudit: {
    ...nothing,
    query: z.strictObject({
      noted: z
        .string()
        .regex(/^\d{1,15}:[0-9a-f]{64}$/)
        .optional()
        .describe("The head of an earlier answer: `<seq>:<hash>`."),
    }),
    response: Verdict,
  },
  getVersion: { ...ofVersion, response: VersionView },
  getVersionFile: {
    ...ofVersion,
    query: z.strictObject({ path: Name }),
    response: z.object({
      path: z.string(),
      bytes: Whole,
      text: z.string().nullable().describe("Null when too large."),
    }),
  },
  compareVersions: {
    ...ofVersion,
    query: z.strictObject({ with: Name.describe("The version that it is compared with: the earlier one.") }),
    response: z.object({ flows: z.array(Different), files: z.array(Different) }),
  },
  getOutput: {
    ...nothing,
    params: z.strictObject({ run: Name }),
    query: z.strictObject({
      node: Count.optional().describe("The task's number, as its task run has it. Left out: what the flow returned."),
      item: z.string().max(512).default("").describe("Which item of a mapped task, as its task run has it."),
    }),
    response: z.object({
      found: z.boolean().describe("Whether there is an output: a task has none before it succeeded."),
      tooLarge: z.boolean().describe("Larger than 1 MiB, or kept as a file: read it with `millrace output`."),
      value: Json,
    }),
  },
  getMetrics: { ...nothing, response: null },
} as const;
