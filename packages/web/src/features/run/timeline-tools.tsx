import type { RefObject } from "react";
import { IconButton } from "../../ui/button.tsx";
import { Tool } from "../../ui/tool.tsx";
import type { TimelineCanvas } from "./timeline-canvas.ts";

interface Props {
  readonly view: RefObject<TimelineCanvas | null>;
  readonly order: "start" | "slowest";
  readonly path: "critical" | undefined;
  readonly onChange: (change: { order?: "slowest" | undefined; path?: "critical" | undefined }) => void;
}

/** What the bars mean, in which order they are, and how long a second is. */
export function TimelineTools({ view, order, path, onChange }: Props) {
  return (
    <div className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3 py-1">
      <Legend />
      <div className="ml-auto flex items-center gap-1.5">
        <Tool
          icon="list"
          isOn={order === "slowest"}
          title="v s"
          onClick={() => onChange({ order: order === "start" ? "slowest" : undefined })}
        >
          Slowest first
        </Tool>
        <Tool
          icon="clock"
          isOn={path !== undefined}
          title="v c"
          onClick={() => onChange({ path: path === undefined ? "critical" : undefined })}
        >
          Critical path
        </Tool>
        <span className="flex">
          <IconButton icon="minus" label="Show more time" onClick={() => view.current?.zoomBy(1 / 1.5)} />
          <IconButton icon="plus" label="Show less time" onClick={() => view.current?.zoomBy(1.5)} />
          <IconButton icon="fit" label="Show all" onClick={() => view.current?.whole()} />
        </span>
      </div>
    </div>
  );
}

const SIGNS = [
  ["Queued", "h-2 border border-idle bg-idle-soft"],
  ["Attempt, by its outcome", "h-3 rounded-[3px] border-l-8 border-success bg-failed"],
  ["Between tries", "h-2 border border-blocked bg-blocked-soft"],
  ["Waiting for something else", "h-2 border border-waiting bg-waiting-soft"],
] as const;

function Legend() {
  return (
    <ul
      aria-label="What the bars mean"
      className="flex flex-wrap items-center gap-x-3 text-2xs text-ink-2 max-md:hidden"
    >
      {SIGNS.map(([text, look]) => (
        <li key={text} className="flex items-center gap-1.5">
          <span aria-hidden="true" className={`inline-block w-4 ${look}`} />
          {text}
        </li>
      ))}
    </ul>
  );
}
