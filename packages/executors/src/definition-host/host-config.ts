import { MillraceError } from "@millrace/core";
import type { ProjectConfig } from "@millrace/sdk";
import type { HostConfig } from "./messages.ts";

/** What of a project's configuration is plain data. Addresses and secrets stay in this process. */
export function hostConfigOf(config: ProjectConfig | undefined): HostConfig {
  if (config === undefined) {
    throw new MillraceError("INVALID_CONFIG", "The configuration exports nothing that `defineConfig` made.", {
      hint: 'Write `export default defineConfig({ … })`, with `defineConfig` from "millrace".',
    });
  }
  const connections = Object.entries(config.connections).map(([name, { kind, ...rest }]) => {
    const slots: unknown = Reflect.get(rest, "slots");
    const secrets: unknown = Reflect.get(rest, "secrets");
    const known = Array.isArray(secrets) && secrets.length > 0 ? { secrets: secrets.map(String) } : {};
    return [name, { kind, slots: typeof slots === "number" ? slots : null, ...known }] as const;
  });
  const { flows, pools, workers, resources, retention, alerts, publicUrl, server } = config;
  return {
    flows,
    connections: Object.fromEntries(connections),
    pools,
    workers,
    resources,
    retention,
    alerts,
    publicUrl,
    server,
  };
}
