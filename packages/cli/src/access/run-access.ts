import type { RunId, RunRow, Store, VersionId } from "@millrace/core";
import type { LogStore, Repeat, RepeatPlan, Runtime } from "@millrace/server";
import type { FlowShape } from "../run-view/flow-shape.ts";

/**
 * What commands need of a project to look at its runs, follow them and change them: a runtime of the project that is
 * here has all of it, and a server elsewhere is asked for it over HTTP.
 */
export interface RunAccess
  extends Pick<Runtime, "onEvents" | "whenSettled" | "why" | "submit" | "inheritedRuns" | "readOutput"> {
  /** Who leads. Left out where that makes no difference. */
  readonly servers?: Runtime["servers"];
  /** `remote`: runs are there, whatever becomes of this process. */
  readonly role: Runtime["role"] | "remote";
  readonly store: Pick<Store, "findOutput" | "newestOfFamily"> & {
    readonly history: Pick<Store["history"], "findRun" | "listRuns"> & {
      listTaskRuns(run: RunId): ReturnType<Store["history"]["listTaskRuns"]>;
      listAttempts(run: RunId): ReturnType<Store["history"]["listAttempts"]>;
    };
  };
  readonly logs: Pick<LogStore, "read" | "follow">;
  /** The flows of a version; that one is asked for is enough for it to be among them. */
  flows(version: VersionId, flow: string): Promise<{ readonly flows: readonly { readonly spec: FlowShape }[] }>;
  /** What a rerun or a mark would do. */
  planRepeat(command: Repeat): Promise<RepeatPlan>;
  /** Has events of a run told to who listens, where that does not go without saying. */
  followRun?(run: Pick<RunRow, "id" | "flow" | "version">): void;
}
