import { formatGrant, type Grant, MillraceError, parseGrant } from "@millrace/core";
import type { OpenPeople } from "@millrace/server";
import { checkUse } from "../command-line/check-use.ts";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { userRecord, userTable } from "../security-view/people-text.ts";
import { readSecretInput } from "../security-view/read-secret-input.ts";

const USES = {
  list: { takes: [] },
  add: { takes: ["name"] },
  grant: { takes: ["name"] },
  disable: { takes: ["name"] },
  enable: { takes: ["name"] },
  "reset-password": { takes: ["name"] },
} as const;

type InPeople = (work: (open: OpenPeople) => Promise<ExitCode>) => Promise<ExitCode>;

/** `millrace user <what> [name]`. */
export async function user(call: CommandCall): Promise<ExitCode> {
  const [what = ""] = call.arguments;
  checkUse(call, "user", { uses: USES, own: [] });
  checkOptions(call, what);
  const { openProject, userName, withPeople } = await import("@millrace/server");
  const project = openProject(call.projectDir);
  const inPeople: InPeople = (work) => withPeople(project, work);
  const actor = userName();
  switch (what) {
    case "add":
      return await add(call, inPeople, actor);
    case "reset-password":
      return await resetPassword(call, inPeople, actor);
    case "grant":
      return await inPeople((open) => grant(call, open, actor));
    case "disable":
    case "enable":
      return await inPeople((open) => disable(call, open, actor));
    default:
      return await inPeople((open) => list(call, open));
  }
}

function checkOptions({ options }: CommandCall, what: string): void {
  const odd = [
    ...(options.list("grant").length > 0 && what !== "add" && what !== "grant" ? ["grant"] : []),
    ...(options.flag("no-password") && what !== "add" ? ["no-password"] : []),
  ];
  const [first] = odd;
  if (first === undefined) return;
  throw new MillraceError("USAGE", `user ${what} takes no --${first}.`, { hint: "See `millrace user --help`." });
}

async function add(call: CommandCall, inPeople: InPeople, actor: string): Promise<ExitCode> {
  const { options, console } = call;
  const [, name = ""] = call.arguments;
  const given = options.list("grant").map(parseGrant);
  // The database is not held while somebody thinks about it.
  const password = options.flag("no-password") ? null : await readSecretInput(`Password of ${name}: `);
  return await inPeople(async ({ people, record }) => {
    const isFirst = !(await people.hasUsers());
    const grants: readonly Grant[] = given.length > 0 || !isFirst ? given : [{ role: "admin", flows: "*" }];
    await people.users.add({ name, password, grants }, actor);
    await record({ actor, action: "createUser", target: `user ${name}`, after: { grants } });
    console.record({ ...userRecord(await people.users.get(name)), type: "user.added" });
    const may = grants.length === 0 ? "may nothing yet" : `is ${grants.map(formatGrant).join(", ")}`;
    console.print(`user ${name} is added, and ${may}`);
    if (isFirst) console.note("Everybody who calls a server of this project has to log in from now on.");
    return EXIT.success;
  });
}

async function resetPassword(call: CommandCall, inPeople: InPeople, actor: string): Promise<ExitCode> {
  const { console } = call;
  const [, name = ""] = call.arguments;
  await inPeople(async ({ people }) => {
    await people.users.get(name);
    return EXIT.success;
  });
  const password = await readSecretInput(`New password of ${name}: `);
  return await inPeople(async ({ people, record }) => {
    const entry = await people.users.setPassword(name, password, actor);
    await record({ actor, action: "resetPassword", target: `user ${name}` });
    console.record({ ...userRecord(entry), type: "user.password_reset" });
    console.print(`user ${name} has a new password; their sessions have ended`);
    return EXIT.success;
  });
}

async function grant({ console, options, arguments: [, name = ""] }: CommandCall, open: OpenPeople, actor: string) {
  const grants = options.list("grant").map(parseGrant);
  if (grants.length === 0) {
    throw new MillraceError("USAGE", "user grant: --grant is missing.", {
      hint: `Write \`millrace user grant ${name} --grant viewer\`; \`millrace user disable\` takes everything.`,
    });
  }
  const { grants: before } = await open.people.users.get(name);
  const entry = await open.people.users.setGrants(name, grants, actor);
  await open.record({
    actor,
    action: "setGrants",
    target: `user ${name}`,
    before: { grants: before },
    after: { grants },
  });
  console.record({ ...userRecord(entry), type: "user.granted" });
  console.print(`user ${name} is ${grants.map(formatGrant).join(", ")} now`);
  return EXIT.success;
}

async function disable({ console, arguments: [what, name = ""] }: CommandCall, open: OpenPeople, actor: string) {
  const isDisabled = what === "disable";
  const entry = await open.people.users.setDisabled(name, isDisabled, actor);
  await open.record({ actor, action: isDisabled ? "disableUser" : "enableUser", target: `user ${name}` });
  console.record({ ...userRecord(entry), type: isDisabled ? "user.disabled" : "user.enabled" });
  console.print(isDisabled ? `user ${name} is let in no more` : `user ${name} is let in again`);
  return EXIT.success;
}

async function list({ console }: CommandCall, { people }: OpenPeople): Promise<ExitCode> {
  const users = await people.users.list();
  for (const each of users) console.record(userRecord(each));
  if (console.quiet) console.print(users.map(({ name }) => name));
  else if (users.length === 0) {
    console.print("No users: on a loopback address nobody is asked. `millrace user add <name>` makes the first one.");
  } else console.print(userTable(users, console.style));
  return EXIT.success;
}
