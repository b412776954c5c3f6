import type { TaskContext } from "../../task/context.ts";
import type { Connection } from "./open-connections.ts";

/** The connection of that name in a running task. */
export function taskConnection(context: TaskContext, name: string): Connection {
  return context.connection(name) as Connection;
}
