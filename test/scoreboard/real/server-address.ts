import type { Command } from "../../durability/command.ts";
import { until } from "./measure.ts";

/** Where a server says that it listens. */
export async function addressOf({ child }: Command): Promise<string> {
  let said = "";
  child.stdout?.on("data", (text: string) => {
    said += text;
  });
  return await until("the server's address", 30_000, () => /http:\/\/[^\s"]+:\d+/.exec(said)?.[0]);
}
