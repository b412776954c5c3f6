import { checkUse, type Use } from "../command-line/check-use.ts";
import type { CommandCall } from "../command-line/command-spec.ts";
import type { ExitCode } from "../command-line/exit-code.ts";
import { changeBackfill, setBackfill } from "./backfill/change-backfill.ts";
import { listBackfills } from "./backfill/list-backfills.ts";
import { newBackfill } from "./backfill/new-backfill.ts";
import { showBackfill } from "./backfill/show-backfill.ts";

/** Options that only some uses know. */
const OWN = [
  "from",
  "to",
  "keys",
  "reprocess",
  "order",
  "max-active",
  "run-per",
  "limit",
  "schedule",
  "param",
  "params",
  "dry-run",
  "yes",
  "detach",
  "workers",
];
const USES: Readonly<Record<string, Use>> = {
  list: { takes: [], options: ["limit"] },
  show: { takes: ["id"], options: ["limit"] },
  pause: { takes: ["id"] },
  cancel: { takes: ["id"], options: ["workers"] },
  resume: { takes: ["id"], options: ["detach", "workers"] },
  retry: { takes: ["id"], options: ["detach", "workers", "dry-run"] },
  set: { takes: ["id"], options: ["max-active"] },
};

/** `millrace backfill <flow | what> [id]`. */
export async function backfill(call: CommandCall): Promise<ExitCode> {
  const [what = "", id = ""] = call.arguments;
  const use = USES[what] ?? { takes: [], options: OWN };
  checkUse(call, "backfill", { uses: { [what]: use }, own: OWN });
  switch (what) {
    case "list":
      return await listBackfills(call);
    case "show":
      return await showBackfill(call, id);
    case "pause":
    case "resume":
    case "cancel":
      return await changeBackfill(call, id, what);
    case "set":
      return await setBackfill(call, id);
    case "retry":
      return await changeBackfill(call, id, "retry_failed");
    default:
      return await newBackfill(call, what);
  }
}
