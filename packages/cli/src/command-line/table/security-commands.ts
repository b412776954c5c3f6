import type { CommandSpec } from "../command-spec.ts";

/** Commands about what must not be seen, and who may do what. */
export const SECURITY_COMMANDS: readonly CommandSpec[] = [
  {
    name: "secret",
    summary: "Keep secrets encrypted in the project's database: list, set, delete, rotate-key",
    details: [
      'Tasks get a secret by `secret("name")` wherever an option takes one, and by `context.secret("name")`. It is masked in their logs. Nothing ever prints it: `secret list` shows names, versions, who set them and which flows are known to read them.',
      "`secret set <name>` reads the value from the standard input, or asks for it on a terminal; one line feed at its end is left out. With --from the value stays where it is, `env:NAME` or `file:/path`, and is read there by the process that leads, each time it is asked for.",
      "Values are encrypted with AES-256-GCM. The key is in `MILLRACE_SECRET_KEY` (32 bytes in base64; several with a comma between, the newest first), or in the file `.millrace/secret-key`, or the one that `MILLRACE_SECRET_KEY_FILE` names, which is made with the first secret. Every machine that leads needs it. Without it the secrets are lost: keep a copy, apart from the database's backups.",
      "`secret rotate-key` makes a new key and encrypts every secret with it, while all goes on; keys in MILLRACE_SECRET_KEY are made by you, and it uses the first. With --forget it ends a rotation: it makes no key, and takes those out of the file that no secret needs any more.",
    ],
    arguments: [
      {
        name: "what",
        required: true,
        description: "What to do.",
        choices: ["list", "set", "delete", "rotate-key"],
      },
      { name: "name", required: false, description: "The secret, of set and delete." },
    ],
    options: [
      { name: "from", value: "<reference>", description: "set: where the value is: `env:NAME` or `file:/path`." },
      { name: "description", value: "<text>", description: "set: one line for lists. Defaults to the one it had." },
      { name: "forget", description: "rotate-key: make no key, and take those out of the file that nothing needs." },
    ],
    examples: [
      { line: "cat token.txt | millrace secret set shop-token", says: "from a file, or typed on a terminal" },
      { line: "millrace secret set shop-token --from file:/run/secrets/shop", says: "it stays where it is" },
      { line: "millrace secret list", says: "what there is, and who reads it" },
      { line: "millrace secret rotate-key", says: "a new key for all of them" },
    ],
    load: async () => (await import("../../commands/secret.ts")).secret,
  },
  {
    name: "variable",
    summary: "Keep what differs between places and is no secret: list, get, set, delete",
    details: [
      'Tasks get a variable by `context.variable("name")`, as text. It is read when they ask: a change counts at once, also for runs under way.',
    ],
    arguments: [
      { name: "what", required: true, description: "What to do.", choices: ["list", "get", "set", "delete"] },
      { name: "name", required: false, description: "The variable, except for list." },
      { name: "value", required: false, description: "Of set: the text." },
    ],
    options: [
      { name: "description", value: "<text>", description: "set: one line for lists. Defaults to the one it had." },
    ],
    examples: [
      { line: "millrace variable set region eu-central-1", says: "for all flows of the project" },
      { line: "millrace variable get region", says: "the text and nothing else" },
    ],
    load: async () => (await import("../../commands/variable.ts")).variable,
  },
  {
    name: "audit",
    summary: "Show who changed what, and prove that nobody changed the record: list, verify",
    details: [
      "Each change is a row: by a command on this machine or by a call of the API, with who asked, from where, what it was done to, and what was asked for. The values of secrets, passwords and tokens are never in it.",
      "Rows are chained: each holds a hash of itself and of the row before. `audit verify` reads them all and names every row that was changed, taken out, put in or moved since; it exits with 1 then. It prints the head of the chain: keep that elsewhere, and `--noted` proves later that nothing up to there was written anew, even by somebody who may write the whole database.",
    ],
    arguments: [{ name: "what", required: true, description: "What to do.", choices: ["list", "verify"] }],
    options: [
      { name: "actor", value: "<name>", description: "list: only what this one did." },
      { name: "target", value: "<text>", description: "list: only what was done to this: `pool shop-api`." },
      { name: "limit", value: "<n>", description: "list: how many rows, the newest first. Defaults to 50." },
      { name: "before", value: "<n>", description: "list: only rows before this number." },
      { name: "noted", value: "<head>", description: "verify: a head that was printed earlier." },
    ],
    examples: [
      { line: "millrace audit list --actor ada", says: "what one of them did" },
      { line: "millrace audit verify", says: "whether all is as it was written" },
    ],
    load: async () => (await import("../../commands/audit.ts")).audit,
  },
];
