import { formatGrant, MillraceError, parseDuration, parseGrant } from "@millrace/core";
import type { OpenPeople } from "@millrace/server";
import { checkUse } from "../command-line/check-use.ts";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { isoInstant } from "../output/time-text.ts";
import { tokenRecord, tokenTable } from "../security-view/people-text.ts";

const USES = {
  list: { takes: [] },
  create: { takes: ["name"], options: ["user", "expires"] },
  revoke: { takes: ["name"] },
} as const;

/** `millrace token <what> [name]`. */
export async function token(call: CommandCall): Promise<ExitCode> {
  const [what = ""] = call.arguments;
  checkUse(call, "token", { uses: USES, own: ["user", "expires"] });
  checkOptions(call, what);
  const { openProject, userName, withPeople } = await import("@millrace/server");
  const actor = userName();
  return await withPeople(openProject(call.projectDir), async (open) => {
    switch (what) {
      case "create":
        return await create(call, open, actor);
      case "revoke":
        return await revoke(call, open, actor);
      default:
        return await list(call, open);
    }
  });
}

function checkOptions({ options }: CommandCall, what: string): void {
  const hasGrants = options.list("grant").length > 0;
  if (hasGrants && what !== "create") {
    throw new MillraceError("USAGE", `token ${what} takes no --grant.`, { hint: "See `millrace token --help`." });
  }
  if (hasGrants && options.flag("worker")) {
    throw new MillraceError("USAGE", "A worker's token has no grants: it lets workers connect, and nothing else.", {
      hint: "Leave --grant out, or make a token of its own for it.",
    });
  }
  if (what === "create" && !hasGrants && !options.flag("worker")) {
    throw new MillraceError("USAGE", "token create: --grant is missing, and the token could do nothing.", {
      hint: "Say what it may: --grant viewer, or --grant operator:orders-*.",
    });
  }
}

async function create(call: CommandCall, { tokens, record }: OpenPeople, actor: string): Promise<ExitCode> {
  const { console, options } = call;
  const [, name = ""] = call.arguments;
  const kind = options.flag("worker") ? "worker" : "api";
  const grants = options.list("grant").map(parseGrant);
  const user = options.text("user") ?? null;
  const expires = options.text("expires");
  const expiresAtMs = expires === undefined ? null : Date.now() + parseDuration(expires, "--expires");
  const { secret, entry } = await tokens.create({ kind, name, grants, user, expiresAtMs }, actor);
  await record({
    actor,
    action: "createToken",
    target: `token ${kind}/${name}`,
    after: { grants, user, expiresAt: expiresAtMs === null ? null : isoInstant(expiresAtMs) },
  });
  console.record({ ...tokenRecord(entry), type: "token.created", token: secret });
  // On a line of its own and nothing else there, so that it can go into a file.
  console.print(secret);
  if (!console.quiet && !console.json) {
    const may = kind === "worker" ? "lets workers connect" : `is ${grants.map(formatGrant).join(", ")}`;
    console.complain(`token ${name} ${may}; it is shown this once`);
  }
  return EXIT.success;
}

async function revoke({ console, options, arguments: [, name = ""] }: CommandCall, open: OpenPeople, actor: string) {
  const kind = options.flag("worker") ? "worker" : "api";
  await open.tokens.revoke(kind, name);
  await open.record({ actor, action: "revokeToken", target: `token ${kind}/${name}` });
  console.record({ type: "token.revoked", kind, name });
  console.print(`token ${name} is revoked`);
  return EXIT.success;
}

async function list({ console }: CommandCall, { tokens }: OpenPeople): Promise<ExitCode> {
  const entries = await tokens.list(null);
  for (const each of entries) console.record(tokenRecord(each));
  if (console.quiet) console.print(entries.map(({ id }) => id));
  else if (entries.length === 0) console.print("No tokens. `millrace token create <name> --grant <role>` makes one.");
  else console.print(tokenTable(entries, console.style));
  return EXIT.success;
}
