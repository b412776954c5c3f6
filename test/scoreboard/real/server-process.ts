// A `millrace server` of the project, as a process of its own that is to last.
import process from "node:process";
import type { Command, Ended } from "../../durability/command.ts";
import type { RowProject } from "./row-project.ts";

export class ServerProcess {
  readonly #command: Command;

  private constructor(command: Command) {
    this.#command = command;
  }

  /** Resolves when it has said that it is there. */
  static async start(project: RowProject, env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    const command = project.start(["server", "--json"], env);
    const { child } = command;
    await new Promise<void>((resolve, reject) => {
      child.stdout?.once("data", () => resolve());
      child.once("exit", (code) => reject(new Error(`the server ended with ${code} before it had begun`)));
    });
    return new ServerProcess(command);
  }

  get pid(): number {
    return this.#command.child.pid ?? 0;
  }

  get ended(): Promise<Ended> {
    return this.#command.ended;
  }

  get hasEnded(): boolean {
    return this.#command.child.exitCode !== null || this.#command.child.signalCode !== null;
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Asks it to leave. Gives what is wrong with how it ended, or that it had ended before. */
  async stop(): Promise<string[]> {
    if (this.hasEnded) {
      const { code, signal, stderr } = await this.ended;
      return [`a server ended by itself with ${signal ?? code}: ${stderr.slice(-1_000)}`];
    }
    this.signal("SIGTERM");
    const { code, stderr } = await this.ended;
    return code === 0 ? [] : [`a server left with ${code}: ${stderr.slice(-1_000)}`];
  }
}
