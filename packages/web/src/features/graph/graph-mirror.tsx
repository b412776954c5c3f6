import { LOOKS } from "../../ui/states.ts";
import { durationText } from "../../ui/time-text.ts";
import type { GraphScene } from "./graph-scene.ts";
import { besideOf } from "./neighbours.ts";
import { countsText } from "./node-summary.ts";

/** More are there only around the one that is selected: a large graph would be a large page. */
const MOST = 60;

export function optionId(item: number): string {
  return `graph-item-${item}`;
}

/** The graph as a list, for those who do not see it: each task with its state, what it waits for, and what waits for it. */
export function GraphMirror({ scene }: { readonly scene: GraphScene }) {
  const { picture, selected } = scene;
  const { items } = picture;
  const start = items.length <= MOST ? 0 : Math.max(0, Math.min(selected - MOST / 2, items.length - MOST));
  return items.slice(start, start + MOST).map((item, at) => (
    <div
      key={item.key}
      id={optionId(start + at)}
      role="option"
      aria-selected={start + at === selected}
      aria-posinset={start + at + 1}
      aria-setsize={items.length}
      tabIndex={-1}
      className="sr-only"
    >
      {textOf(scene, start + at, items.length <= MOST || start + at === selected)}
    </div>
  ));
}

function textOf(scene: GraphScene, at: number, withNeighbours: boolean): string {
  const { picture, summaries } = scene;
  const item = picture.items[at];
  if (item === undefined) return "";
  const summary = summaries?.[at];
  const parts = [item.label];
  if (item.kind !== "task")
    parts.push(item.isOpen === undefined ? item.kind : `${item.kind}, ${item.isOpen ? "open" : "closed"}`);
  if (summary !== undefined) {
    const took =
      summary.startedAt === null || summary.endedAt === null || summary.isKept
        ? ""
        : ` in ${durationText(Date.parse(summary.endedAt) - Date.parse(summary.startedAt))}`;
    if (summary.isKept) parts.push("kept");
    parts.push(summary.count > 1 ? countsText(summary.counts) : `${LOOKS[summary.state].text}${took}`);
  }
  if (withNeighbours) {
    const names = (side: "before" | "after"): string =>
      besideOf(scene, at, side)
        .map((other) => picture.items[other]?.label)
        .join(", ");
    const [after, before] = [names("before"), names("after")];
    if (after !== "") parts.push(`after ${after}`);
    if (before !== "") parts.push(`before ${before}`);
  }
  return parts.join(", ");
}
