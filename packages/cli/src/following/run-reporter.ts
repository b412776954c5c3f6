import type { RunEvent } from "../run-view/run-event.ts";
import type { RunView } from "../run-view/run-view.ts";
import type { RunStory } from "./run-story.ts";

/** Shows runs while they are watched: as a live tree, as lines, or as records. */
export interface RunReporter {
  /** From now on this run is watched. `resumed`: an earlier process left it unfinished. */
  begin(view: RunView, resumed: boolean): void;
  /** The view has taken the event in already. */
  event(view: RunView, event: RunEvent): void;
  /** Something to say that is no event of a run: on a terminal it stands above the tree. */
  notice(line: string): void;
  end(view: RunView, story: RunStory): void;
  /** Leaves the terminal in order. Twice is fine. */
  close(): void;
}
