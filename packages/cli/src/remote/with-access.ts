import type { RuntimeOptions } from "@millrace/server";
import type { RunAccess } from "../access/run-access.ts";
import type { CommandCall } from "../command-line/command-spec.ts";
import { withRuntime } from "../following/open-runtime.ts";
import { readServerAddress } from "./server-address.ts";

/** Opens the server that the command line or the environment names, else the project that is here. */
export async function withAccess<Result>(
  call: CommandCall,
  options: Pick<RuntimeOptions, "versions" | "role">,
  work: (access: RunAccess) => Promise<Result>,
): Promise<Result> {
  const address = readServerAddress(call);
  if (address === undefined) return await withRuntime(call, options, work);
  const { RemoteAccess } = await import("./remote-access.ts");
  const access = await RemoteAccess.open(address);
  try {
    return await work(access);
  } finally {
    access.close();
  }
}
