import type { CommandSpec } from "../command-spec.ts";
import { LABEL_OPTION } from "../label-option.ts";
import { WORKERS_OPTION } from "../workers-option.ts";

/** Commands about the processes that work all the time. */
export const SERVER_COMMANDS: readonly CommandSpec[] = [
  {
    name: "server",
    summary: "Run flows for as long as it lives, or show which servers there are",
    details: [
      "Leads the project when nobody does: carries on with what is unfinished, and runs what others ask for (`millrace run`, `run --detach`). When somebody leads already, it stands by and takes over when the leader is gone: within seconds after a crash, at once when it was stopped. On SQLite all servers are on one machine; on PostgreSQL they may be on several that share the project's folder.",
      "Brings the active version up to date with the working folder first, like `run`; with --stored it takes the version that is active, and looks at no source.",
      "SIGTERM or Ctrl-C hands over: another server leads at once, and attempts that run here go on for up to --drain. What has not ended by then is cancelled and tried again elsewhere, which costs it no retry. A second signal leaves at once, with the same effect.",
      "A database that is away is waited for. Each change is a line; with --json a record: `server.started`, `server.leading`, `server.adopting` (attempts that go on with servers that led before), `server.standing_by`, `server.holding` (it does not lead, and brings attempts to their end), `server.listening`, `server.access` (who is let in), `server.port_taken`, `server.request_failed`, `server.trouble`, `server.recovered`, `server.stopping`, `server.stopped`.",
      "Takes webhooks on `http://127.0.0.1:7430/hooks/<flow>`, answers `/health` while it lives, and `/ready` with 200 while somebody leads. Of several servers on one machine the first has the port, and another takes it over with the lead; give each its own with --port, and put whatever faces the network in front.",
      "Serves the HTTP API at `/api/v1` on the same address, with its OpenAPI document at `/api/v1/openapi.json` and a page to browse it at `/api/docs`. On a loopback address, and while the project has no users, whoever is on this machine is let in, and nobody else. With the first user, another --host, a --public-url or --trust-proxy everybody logs in or shows a token, as whom `millrace user` and `millrace token` say.",
      "A server that needs a login and has no users prints a setup token when it starts: it makes the first user, once, within a day. It goes by its address, and by the name in --public-url. It speaks plain http: where there is a network, put a proxy with TLS in front, and tell it with --public-url and --trust-proxy.",
      "With --role it is only a part: `api,engine` runs no attempts itself and leaves them to workers (`millrace worker`), `engine,worker` listens to nobody, and `api` serves webhooks and the API beside others that lead. Workers that come and go are a line each, and `server.worker` with --json.",
      "`millrace server status` shows who leads, in which epoch and for how long at least, who stands by, and which workers are connected. `millrace server drain <worker>` has a worker take nothing new while what it has ends, and `undrain` takes that back; the worker remembers it until it ends.",
    ],
    arguments: [
      {
        name: "what",
        required: false,
        description: "Only show the servers there are, or change what a worker takes.",
        choices: ["status", "drain", "undrain"],
      },
      { name: "worker", required: false, description: "Of drain and undrain: the worker's name or id." },
    ],
    options: [
      {
        name: "stored",
        description: "Take the active version as it is stored, instead of building the working folder.",
      },
      {
        name: "drain",
        value: "<duration>",
        env: "MILLRACE_DRAIN",
        description:
          "How long attempts may go on after SIGTERM before they are cancelled. Defaults to the configuration's `server.drain`, else 30s.",
      },
      {
        name: "port",
        value: "<n>",
        env: "MILLRACE_PORT",
        description:
          "Where to take webhooks and serve the API; 0 takes any that is free. Defaults to the configuration's `server.port`, else 7430.",
      },
      {
        name: "host",
        value: "<address>",
        env: "MILLRACE_HOST",
        description: "The address to listen on. Defaults to the configuration's `server.host`, else 127.0.0.1.",
      },
      {
        name: "public-url",
        value: "<url>",
        env: "MILLRACE_PUBLIC_URL",
        description:
          "Where people reach the server: `https://millrace.example.org`. Defaults to the configuration's `publicUrl`.",
      },
      {
        name: "trust-proxy",
        env: "MILLRACE_TRUST_PROXY",
        description:
          "A proxy stands before the server, and its X-Forwarded-For and X-Forwarded-Proto are true. Without one anybody could write them.",
      },
      WORKERS_OPTION,
      LABEL_OPTION,
      {
        name: "role",
        value: "<roles>",
        env: "MILLRACE_ROLE",
        description:
          "Which parts of a server this process is: `api`, `engine`, `worker`, with commas between. Defaults to all.",
      },
    ],
    examples: [
      { line: "millrace server", says: "on one machine, or beside others on PostgreSQL" },
      { line: "millrace server --stored --drain 5m", says: "long tasks may end before a restart" },
      { line: "millrace server status", says: "who leads?" },
    ],
    load: async () => (await import("../../commands/server.ts")).server,
  },
];
