import type { Runtime } from "@millrace/server";
import type { AlertAccess } from "../alert-view/alert-access.ts";
import {
  deliveryRecord,
  deliveryTable,
  deliveryText,
  outcomeText,
  ruleRecord,
  ruleTable,
} from "../alert-view/alert-text.ts";
import { checkUse } from "../command-line/check-use.ts";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { readCount, withRuntime } from "../following/open-runtime.ts";
import { readServerAddress } from "../remote/server-address.ts";

const DEFAULT_LIMIT = 20;
const STATES = ["waiting", "sent", "failed"] as const;
const USES = {
  list: { takes: [] },
  log: { takes: [], options: ["rule", "state", "limit"] },
  show: { takes: ["message"] },
  test: { takes: ["rule"] },
  retry: { takes: ["message"] },
} as const;

/** `millrace alert <what> [name]`. */
export async function alert(call: CommandCall): Promise<ExitCode> {
  checkUse(call, "alert", { uses: USES, own: ["rule", "state", "limit"] });
  const address = readServerAddress(call);
  if (address !== undefined) {
    const { connectTo } = await import("../remote/remote-access.ts");
    const { alertsThere } = await import("../remote/alerts-there.ts");
    return await act(call, alertsThere(connectTo(address)));
  }
  const [what = ""] = call.arguments;
  // Whoever has just written a rule means that one; what was said is in the store whatever the folder says.
  const versions = what === "list" || what === "test" ? "build" : "stored";
  return await withRuntime(call, { versions, role: "reader" }, (runtime) => act(call, recorded(runtime)));
}

/** The alerts of the project that is here. What is done to them is recorded as the API does it. */
function recorded({ alerts, audit }: Runtime): AlertAccess {
  const record = async (action: string, target: string): Promise<void> => {
    const { commandOrigin, userName } = await import("@millrace/server");
    await audit.record({ actor: userName(), action, target, from: commandOrigin() });
  };
  return {
    rules: () => alerts.rules(),
    list: (filter) => alerts.list(filter),
    get: (id) => alerts.get(id),
    async test(rule) {
      const sent = await alerts.test(rule);
      await record("testAlertRule", `rule ${rule}`);
      return sent;
    },
    async retry(id) {
      const tried = await alerts.retry(id);
      await record("retryAlertDelivery", `delivery ${id}`);
      return tried;
    },
  };
}

async function act(call: CommandCall, alerts: AlertAccess): Promise<ExitCode> {
  const [what = "", name = ""] = call.arguments;
  switch (what) {
    case "log":
      return await log(call, alerts);
    case "show":
      return await show(call, alerts, name);
    case "test":
      return await test(call, alerts, name);
    case "retry":
      return await retry(call, alerts, name);
    default:
      return await list(call, alerts);
  }
}

async function list({ console }: CommandCall, alerts: AlertAccess): Promise<ExitCode> {
  const rules = await alerts.rules();
  for (const each of rules) console.record(ruleRecord(each));
  if (console.quiet) console.print(rules.map(({ name }) => name));
  else if (rules.length === 0) console.print("Nobody is told of anything: write `alerts` into millrace.config.ts.");
  else console.print(ruleTable(rules, console.style));
  return EXIT.success;
}

async function log({ console, options }: CommandCall, alerts: AlertAccess): Promise<ExitCode> {
  const rule = options.text("rule");
  const state = STATES.find((each) => each === options.text("state"));
  const found = await alerts.list({
    limit: readCount(options.text("limit"), "--limit") ?? DEFAULT_LIMIT,
    ...(rule === undefined ? {} : { rule }),
    ...(state === undefined ? {} : { state }),
  });
  for (const each of found) console.record(deliveryRecord("alert", each));
  if (console.quiet) console.print(found.map(({ id }) => id));
  else if (found.length === 0) console.print("Nothing was said.");
  else console.print(deliveryTable(found, console.style));
  return EXIT.success;
}

async function show({ console }: CommandCall, alerts: AlertAccess, id: string): Promise<ExitCode> {
  const found = await alerts.get(id);
  console.record(deliveryRecord("alert", found));
  console.print(deliveryText(found, console.style));
  return EXIT.success;
}

async function test({ console }: CommandCall, alerts: AlertAccess, rule: string): Promise<ExitCode> {
  const sent = await alerts.test(rule);
  for (const each of sent) console.record(deliveryRecord("alert.tested", each));
  console.print(sent.map((each) => outcomeText(each, console.style)));
  return sent.every(({ state }) => state === "sent") ? EXIT.success : EXIT.failed;
}

async function retry({ console }: CommandCall, alerts: AlertAccess, id: string): Promise<ExitCode> {
  const tried = await alerts.retry(id);
  console.record(deliveryRecord("alert.retried", tried));
  console.print(outcomeText(tried, console.style));
  return tried.state === "sent" ? EXIT.success : EXIT.failed;
}
