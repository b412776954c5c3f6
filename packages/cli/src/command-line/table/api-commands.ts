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
];
