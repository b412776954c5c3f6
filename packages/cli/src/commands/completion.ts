import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { bashCompletion } from "../completion/bash.ts";
import { fishCompletion } from "../completion/fish.ts";
import { zshCompletion } from "../completion/zsh.ts";

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** `millrace completion <shell>`. A script is text whatever the options say. */
export async function completion(call: CommandCall): Promise<ExitCode> {
  const script = SCRIPTS[call.arguments[0] as keyof typeof SCRIPTS](call.commands);
  process.stdout.write(script);
  return EXIT.success;
}
