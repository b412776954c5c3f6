import { useRef } from "react";
import { type Action, useActions } from "../../actions/registry.ts";
import type { FlowNode } from "../../api/shapes.ts";
import { IconButton } from "../../ui/button.tsx";
import { Tool } from "../../ui/tool.tsx";
import type { Direction } from "./dependencies.ts";
import { FindTask } from "./find-task.tsx";
import type { GraphAddress } from "./graph-address.ts";
import type { Painted } from "./use-picture.ts";

interface Props {
  /** All of the flow, of which only a part may be shown. */
  readonly nodes: readonly FlowNode[];
  readonly painted: Painted;
  readonly address: GraphAddress;
  readonly hasRun: boolean;
  readonly onChange: (change: GraphAddress) => void;
  readonly onFind: (id: string) => void;
}

const AROUND: readonly (readonly [Direction, string, string])[] = [
  ["up", "Before it", "v u"],
  ["both", "Around it", "v b"],
  ["down", "After it", "v d"],
];

/** What a graph shows: a task that is looked for, a part of it, what is open, and the way that took longest. */
export function GraphTools({ nodes, painted: { picture }, address, hasRun, onChange, onFind }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const { task, root, around, depth, path } = address;
  const center = root ?? task;
  const focus = (direction: Direction): void => onChange({ root: center, around: direction });
  const whole = (): void => onChange({ root: undefined, around: undefined, depth: undefined });
  const isFocused = around !== undefined && root !== undefined;
  const refused = center === undefined ? "Select a task first" : undefined;
  const actions: Action[] = [
    {
      id: "graph.find",
      title: "Find a task in the graph",
      icon: "search",
      keys: "/",
      run: () => field.current?.focus(),
    },
    ...AROUND.map(
      ([direction, text, keys]): Action => ({
        id: `graph.${direction}`,
        title: `Show only the selected task and what comes ${direction === "both" ? "before and after" : text.toLowerCase()}`,
        icon: "flows",
        keys,
        refused,
        run: () => focus(direction),
      }),
    ),
    { id: "graph.whole", title: "Show the whole graph", icon: "fit", keys: "v a", run: whole },
    { id: "graph.open", title: "Open all groups", icon: "plus", keys: "v o", run: () => onChange({ open: ["all"] }) },
    {
      id: "graph.close",
      title: "Close all groups",
      icon: "minus",
      keys: "v x",
      run: () => onChange({ open: ["none"] }),
    },
  ];
  const critical: Action = {
    id: "graph.critical",
    title: "Mark the critical path",
    icon: "clock",
    keys: "v c",
    run: () => onChange({ path: path === undefined ? "critical" : undefined }),
  };
  useActions(hasRun ? [...actions, critical] : actions);
  const isAllOpen = picture.open.length === picture.openable.length;
  return (
    <div className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-1.5 gap-y-1 border-b border-line px-2 py-1">
      <FindTask field={field} nodes={nodes} onFind={onFind} />
      {center === undefined ? null : (
        <fieldset className="flex min-w-0 items-center gap-1.5">
          <legend className="sr-only">Show only a part</legend>
          <span className="max-w-40 truncate text-ink-2 max-2xl:hidden" title={center}>
            Only {isFocused ? center : "it"} and
          </span>
          <div className="flex overflow-hidden rounded-md border border-line">
            {AROUND.map(([direction, text, keys]) => (
              <Toggle
                key={direction}
                isOn={isFocused && around === direction}
                title={`${text} (${keys})`}
                onClick={() => (isFocused && around === direction ? whole() : focus(direction))}
              >
                {text}
              </Toggle>
            ))}
          </div>
          {isFocused ? <Depth depth={depth} onChange={onChange} /> : null}
          {isFocused ? <IconButton icon="cross" label="Show the whole graph" onClick={whole} /> : null}
        </fieldset>
      )}
      <div className="ml-auto flex items-center gap-1.5">
        {picture.openable.length === 0 ? null : (
          <Tool
            icon={isAllOpen ? "minus" : "plus"}
            title={isAllOpen ? "v x" : "v o"}
            onClick={() => onChange({ open: [isAllOpen ? "none" : "all"] })}
          >
            {isAllOpen ? "Close groups" : "Open groups"}
          </Tool>
        )}
        {hasRun ? (
          <Tool icon="clock" title="v c" isOn={path !== undefined} onClick={critical.run}>
            Critical path
          </Tool>
        ) : null}
      </div>
    </div>
  );
}

function Toggle({ isOn, ...rest }: { readonly isOn: boolean } & React.ButtonHTMLAttributes<HTMLButtonElement>) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      {...rest}
      className={`h-7 border-r border-line px-2 whitespace-nowrap last:border-r-0 max-sm:h-9 ${isOn ? "bg-accent-soft text-ink" : "text-ink-2 hover:bg-sunken hover:text-ink"}`}
    />
  );
}

const DEPTHS = [1, 2, 3, 5] as const;

function Depth({ depth, onChange }: Pick<Props, "onChange"> & { readonly depth: number | undefined }) {
  return (
    <select
      aria-label="How far"
      value={depth ?? ""}
      onChange={({ target }) => onChange({ depth: target.value === "" ? undefined : Number(target.value) })}
      className="h-7 rounded-md border border-line bg-raised px-1.5 max-sm:h-9"
    >
      <option value="">all the way</option>
      {DEPTHS.map((each) => (
        <option key={each} value={each}>
          {each === 1 ? "1 task away" : `${each} tasks away`}
        </option>
      ))}
    </select>
  );
}
