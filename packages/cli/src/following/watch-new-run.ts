import { answeredRun, type Command, type RunId, type RunRow } from "@millrace/core";
import type { RunAccess } from "../access/run-access.ts";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { countText } from "../output/count-text.ts";
import { makeReporter, RunFollower } from "./follow-runs.ts";
import { onInterruption } from "./interruption.ts";

/**
 * Asks for a run and watches it to its end, with the runs that an earlier process left unfinished and that go on in
 * this one. The exit code is that of the new run. Ctrl-C cancels it, or only leaves it where it is a server's.
 */
export async function watchNewRun(runtime: RunAccess, call: CommandCall, command: Command): Promise<ExitCode> {
  const watch = new NewRunWatch(runtime, call);
  try {
    return await watch.run(command);
  } finally {
    watch.close();
  }
}

class NewRunWatch {
  readonly #runtime: RunAccess;
  readonly #call: CommandCall;
  readonly #follower: RunFollower;
  readonly #interruption = onInterruption(
    () => this.#stop(),
    () => this.#follower.close(),
  );
  #run: RunId | undefined;
  #ended = false;
  #leave: () => void = () => {};
  readonly #detached = Promise.withResolvers<undefined>();

  constructor(runtime: RunAccess, call: CommandCall) {
    this.#runtime = runtime;
    this.#call = call;
    call.console.outliveReader();
    this.#follower = new RunFollower(runtime, makeReporter(call.console));
  }

  async run(command: Command): Promise<ExitCode> {
    const unfinished = this.#runtime.role === "leader" ? await this.#runtime.inheritedRuns() : [];
    if (this.#interruption.requested) return EXIT.interrupted;
    const id = await this.#submit(command);
    if (unfinished.length > 0) this.#follower.notice(`resuming ${countText(unfinished.length, "unfinished run")}`);
    await this.#follower.addNew(id);
    for (const other of unfinished) await this.#follower.addUnfinished(other);
    this.#follower.seal();
    const ending = this.#follower.end(id);
    const run = await Promise.race([ending, this.#detached.promise]);
    if (run === undefined) {
      ending.catch(() => undefined);
      return EXIT.interrupted;
    }
    this.#ended = true;
    if (!this.#interruption.requested) await this.#watchOthers(unfinished);
    return this.#interruption.requested ? EXIT.interrupted : exitOf(run);
  }

  close(): void {
    this.#interruption.end();
    this.#follower.close();
  }

  async #submit(command: Command): Promise<RunId> {
    const answer = await this.#runtime.submit(command);
    const run = answeredRun(answer);
    this.#run = run;
    // Interrupted before it was made. What was asked for is in the store, so leaving would only make it later.
    if (this.#interruption.requested) this.#stop();
    return run;
  }

  #stop(): void {
    if (this.#runtime.role === "remote") this.#detach();
    else if (this.#runtime.role === "guest") void this.#stopAsGuest();
    else this.#cancel();
  }

  /** A server goes on with the run. A command that happens to lead ends with its own, and would leave this one lying. */
  async #stopAsGuest(): Promise<void> {
    const overview = await this.#runtime.servers?.().catch(() => undefined);
    const leader = overview?.servers.find(({ id }) => id === overview.leader?.holder);
    if (leader?.kind === "server" && !this.#ended) this.#detach();
    else this.#cancel();
  }

  /** The run is the server's: it goes on there, whoever watches. */
  #detach(): void {
    if (this.#run === undefined) return;
    this.#follower.notice(`left; run ${this.#run} goes on there, and \`millrace watch ${this.#run}\` follows it`);
    this.#detached.resolve(undefined);
  }

  #cancel(): void {
    if (this.#ended) {
      this.#leave();
      return;
    }
    if (this.#run === undefined) return;
    this.#follower.notice("cancelling; Ctrl-C again leaves at once, and `millrace resume` goes on later");
    // Nobody waits for the answer: the run's own end is what is waited for.
    this.#runtime.submit({ kind: "cancel_run", run: this.#run }).catch((error: unknown) => {
      this.#call.console.complain(`cancelling failed: ${String(error)}`);
    });
  }

  /** Runs taken over from an earlier process are carried on too, unless all they wait for is time. */
  async #watchOthers(unfinished: readonly RunId[]): Promise<void> {
    const left = new Promise<"left">((resolve) => {
      this.#leave = () => resolve("left");
    });
    for (const id of unfinished) {
      const ended = await Promise.race([this.#follower.rests(id), left]);
      if (ended === true) await this.#follower.end(id);
      else this.#follower.notice(`run ${id} is not finished; \`millrace resume\` goes on with it`);
    }
  }
}

function exitOf(run: RunRow): ExitCode {
  return run.state === "success" ? EXIT.success : EXIT.failed;
}
