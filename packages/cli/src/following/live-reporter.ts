import type { Console } from "../output/console.ts";
import { Screen, type ScreenStream } from "../output/screen.ts";
import type { TreeItem } from "../run-view/flow-tree.ts";
import type { RunView } from "../run-view/run-view.ts";
import type { RunReporter } from "./run-reporter.ts";
import { outcomeLine, returnedLines, storyText } from "./story-text.ts";
import { makeTree, treeFrame } from "./tree-frame.ts";

interface Watched {
  readonly view: RunView;
  readonly tree: readonly TreeItem[];
}

/** A live tree on a terminal. When the last run has ended, its final state stays on the screen, and the story below. */
export function makeLiveReporter(console: Console, stream: ScreenStream): RunReporter {
  const { style } = console;
  const watched: Watched[] = [];
  const screen = new Screen(stream, ({ rows }) => {
    const nowMs = Date.now();
    const share = Math.max(4, Math.floor((rows - 1) / Math.max(1, watched.length)));
    return watched.flatMap(({ view, tree }) => treeFrame(view, tree, { nowMs, style, rows: share }));
  });
  return {
    begin: (view) => {
      watched.push({ view, tree: makeTree(view) });
      screen.start();
      screen.refresh();
    },
    event: () => screen.refresh(),
    notice: (line) => screen.writeAbove([line]),
    end: (view, story) => {
      const index = watched.findIndex((one) => one.view === view);
      const told = [
        ...storyText(story, style),
        ...(story.run.state === "success" ? [] : [""]),
        outcomeLine(view, style),
        ...returnedLines(story, console),
      ];
      if (watched.length === 1) {
        screen.stop();
        watched.length = 0;
        screen.writeAbove(told);
        return;
      }
      const ended = watched[index];
      const frame = ended === undefined ? [] : treeFrame(view, ended.tree, { nowMs: Date.now(), style, rows: 1_000 });
      watched.splice(index, 1);
      screen.writeAbove([...frame, ...told, ""]);
    },
    close: () => screen.stop(),
  };
}
