import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { ownVersion } from "../own-version.ts";

/** `millrace version`. */
export async function version({ console }: CommandCall): Promise<ExitCode> {
  const millrace = ownVersion();
  const { node } = process.versions;
  console.record({ type: "version", millrace, node, platform: process.platform, arch: process.arch });
  console.print(console.quiet ? millrace : `millrace ${millrace}, Node ${node}, ${process.platform} ${process.arch}`);
  return EXIT.success;
}
