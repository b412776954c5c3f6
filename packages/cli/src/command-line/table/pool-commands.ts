import type { CommandSpec } from "../command-spec.ts";

/** Commands about what tasks of all flows share. */
export const POOL_COMMANDS: readonly CommandSpec[] = [
  {
    name: "pool",
    summary: "Look at pools and set their sizes: list, show, set, delete",
    details: [
      "`pool list` shows the pools that the configuration declares, that somebody has set, and that tasks under way name: how many slots each has, how many are taken, and how many task runs wait.",
      "`pool show <name>` names who holds its slots and who waits for them, first in line first. It reads the store, so it works beside whoever leads.",
      "`pool set <name> <slots>` gives a pool its size, at once and without a restart; a pool that is not there is made. It counts before what millrace.config.ts says, until `pool delete`. With 0 slots nothing that needs the pool starts. When a pool shrinks, nobody loses a slot that he holds; nobody gets one until there is room.",
      "`pool delete <name>` takes the size back that was set: the pool is as the configuration says, or is no more.",
    ],
    arguments: [
      {
        name: "what",
        required: true,
        description: "What to do.",
        choices: ["list", "show", "set", "delete"],
      },
      { name: "name", required: false, description: "The pool, except for list." },
      { name: "slots", required: false, description: "Of set: a whole number, 0 or more." },
    ],
    options: [
      { name: "description", value: "<text>", description: "set: one line for lists. Defaults to the one it had." },
      { name: "limit", value: "<n>", description: "show: name at most this many who wait. Defaults to 20." },
    ],
    examples: [
      { line: "millrace pool list", says: "what is taken?" },
      { line: "millrace pool show shop-api", says: "who holds it, and who waits?" },
      { line: "millrace pool set shop-api 2", says: "be gentle with the shop for a while" },
      { line: "millrace pool delete shop-api", says: "as the configuration says again" },
    ],
    load: async () => (await import("../../commands/pool.ts")).pool,
  },
];
