import type { CommandSpec } from "../command-spec.ts";
import { REMOTE_OPTIONS } from "../server-options.ts";

/** What speaks to a server as it is. */
export const API_COMMANDS: readonly CommandSpec[] = [
  {
    name: "api",
    summary: "Call a server's HTTP API",
    details: [
      "Makes one request with your token and prints the answer: JSON laid out for people, or in one line with --json; logs and streams as they come. `/api/docs` of the server shows what there is. Exits with 2 when the server refuses, and with 3 when it cannot be reached or cannot answer.",
      "Without --server it asks 127.0.0.1:7430. What changes something carries an Idempotency-Key, a new one unless --key gives it.",
    ],
    arguments: [
      {
        name: "method",
        required: true,
        description: "How.",
        choices: ["get", "post", "put", "delete", "GET", "POST", "PUT", "DELETE"],
      },
      { name: "path", required: true, description: "What: `runs?limit=5` is short for `/api/v1/runs?limit=5`." },
    ],
    options: [
      {
        name: "data",
        short: "d",
        value: "<json>",
        description: "The body: JSON, `@` and a file that holds it, or `-` for standard input. Defaults to none.",
      },
      { name: "key", value: "<text>", description: "The Idempotency-Key: the same one twice is one request." },
      ...REMOTE_OPTIONS,
    ],
    examples: [
      { line: "millrace api get flows", says: "the flows that the server has" },
      { line: `millrace api post flows/daily-orders/runs -d '{"params": {"region": "us"}}'`, says: "run one" },
      { line: "millrace api get events", says: "what happens, as it happens" },
    ],
    load: async () => (await import("../../commands/api.ts")).api,
  },
  {
    name: "types",
    summary: "Write the types of the flows' parameters, for programs that call them",
    details: [
      "Writes a file with the type `Flows`: with `connect<Flows>()` of `millrace/client`, the compiler knows which flows there are and which parameters each takes. `millrace dev` keeps the file in `.millrace` up to date on every save.",
      "With --server the flows are those of a server: for programs that are no part of the project.",
    ],
    arguments: [],
    options: [
      {
        name: "out",
        short: "o",
        value: "<file>",
        completes: "file",
        description: "Where to write. Defaults to `.millrace/flows.d.ts` in the project.",
      },
      { name: "check", description: "Write nothing; exit with 1 when the file is not up to date." },
      ...REMOTE_OPTIONS,
    ],
    examples: [
      { line: "millrace types", says: "for a program in the project" },
      { line: "millrace types --server https://millrace.example.com -o src/flows.d.ts", says: "for one elsewhere" },
      { line: "millrace types -o src/flows.d.ts --check", says: "in CI, where the file is committed" },
    ],
    load: async () => (await import("../../commands/flow-types.ts")).flowTypes,
  },
];
