import type { TaskContext } from "../../task/context.ts";

/** Hands the lines of a program to the attempt's log, under the stream they were written to. */
export function lineLogger(context: TaskContext): (stream: "stdout" | "stderr", line: string) => void {
  const { log } = context;
  return (stream, line) => {
    if (log.output !== undefined) log.output(stream, line);
    else process[stream].write(`${line}\n`);
  };
}
