import type { Diagnostic } from "@millrace/server";
import type { Style } from "./style.ts";

/** A problem of a project as people read it: `flows/orders.ts:3:7 error DUPLICATE_TASK: …`, its source, what to do. */
export function diagnosticText(diagnostic: Diagnostic, style: Style): string[] {
  const { severity, code, message, file, line, column, frame, hint } = diagnostic;
  const place = [file, line, column].filter((part) => part !== null).join(":");
  const title =
    severity === "error" ? style.red(style.bold(`error ${code}:`)) : style.yellow(style.bold(`warning ${code}:`));
  const lines = [`${place === "" ? "" : `${style.cyan(place)} `}${title} ${message}`];
  if (frame !== null)
    lines.push(
      ...frame
        .trimEnd()
        .split("\n")
        .map((row) => `  ${row}`),
    );
  if (hint !== null) lines.push(`  ${style.cyan("hint:")} ${hint}`);
  return lines;
}
