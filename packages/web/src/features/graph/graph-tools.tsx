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
export function GraphTools(props: Props) {
  const { nodes, painted, address, hasRun, onChange, onFind } = props;
  const { open, openable } = painted.picture;
  const field = useRef<HTMLInputElement>(null);
  const critical = criticalAction(props);
  const find: Action = {
    id: "graph.find",
    title: "Find a task in the graph",
    icon: "search",
    keys: "/",
    run: () => field.current?.focus(),
  };
  useActions([find, ...partActions(props), ...(hasRun ? [critical] : [])]);
  const isAllOpen = open.length === openable.length;
  return (
    <div className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-1.5 gap-y-1 border-b border-line px-2 py-1">
      <FindTask field={field} nodes={nodes} onFind={onFind} />
      <Part address={address} onChange={onChange} />
      <div className="ml-auto flex items-center gap-1.5">
        {openable.length === 0 ? null : (
          <Tool
            icon={isAllOpen ? "minus" : "plus"}
            title={isAllOpen ? "v x" : "v o"}
            onClick={() => onChange({ open: [isAllOpen ? "none" : "all"] })}
          >
            {isAllOpen ? "Close groups" : "Open groups"}
          </Tool>
        )}
        {hasRun ? (
          <Tool icon="clock" title="v c" isOn={address.path !== undefined} onClick={critical.run}>
            Critical path
          </Tool>
        ) : null}
      </div>
    </div>
  );
}

type Asked = Pick<Props, "address" | "onChange">;

const WHOLE: GraphAddress = { root: undefined, around: undefined, depth: undefined };

function criticalAction({ address: { path }, onChange }: Asked): Action {
  return {
    id: "graph.critical",
    title: "Mark the critical path",
    icon: "clock",
    keys: "v c",
    run: () => onChange({ path: path === undefined ? "critical" : undefined }),
  };
}

function partActions({ address: { root, task }, onChange }: Asked): readonly Action[] {
  const center = root ?? task;
  const refused = center === undefined ? "Select a task first" : undefined;
  const parts = AROUND.map(([direction, text, keys]): Action => {
    const what = direction === "both" ? "before and after it" : text.toLowerCase();
    return {
      id: `graph.${direction}`,
      title: `Show only the selected task and what comes ${what}`,
      icon: "flows",
      keys,
      refused,
      run: () => onChange({ root: center, around: direction }),
    };
  });
  return [
    ...parts,
    { id: "graph.whole", title: "Show the whole graph", icon: "fit", keys: "v a", run: () => onChange(WHOLE) },
    { id: "graph.open", title: "Open all groups", icon: "plus", keys: "v o", run: () => onChange({ open: ["all"] }) },
    {
      id: "graph.close",
      title: "Close all groups",
      icon: "minus",
      keys: "v x",
      run: () => onChange({ open: ["none"] }),
    },
  ];
}

/** Which part of the graph is shown, around the task that is selected. */
function Part({ address: { root, task, around, depth }, onChange }: Asked) {
  const center = root ?? task;
  if (center === undefined) return null;
  const isPart = around !== undefined && root !== undefined;
  return (
    <fieldset className="flex min-w-0 items-center gap-1.5">
      <legend className="sr-only">Show only a part</legend>
      <span className="max-w-40 truncate text-ink-2 max-2xl:hidden" title={center}>
        Only {isPart ? center : "it"} and
      </span>
      <div className="flex overflow-hidden rounded-md border border-line">
        {AROUND.map(([direction, text, keys]) => {
          const isOn = isPart && around === direction;
          const next = isOn ? WHOLE : { root: center, around: direction };
          return (
            <Toggle key={direction} isOn={isOn} title={`${text} (${keys})`} onClick={() => onChange(next)}>
              {text}
            </Toggle>
          );
        })}
      </div>
      {isPart ? <Depth depth={depth} onChange={onChange} /> : null}
      {isPart ? <IconButton icon="cross" label="Show the whole graph" onClick={() => onChange(WHOLE)} /> : null}
    </fieldset>
  );
}

function Toggle({ isOn, ...rest }: { readonly isOn: boolean } & React.ButtonHTMLAttributes<HTMLButtonElement>) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      {...rest}
      className={`h-7 border-r border-line px-2 whitespace-nowrap last:border-r-0 max-sm:h-11 ${isOn ? "bg-accent-soft text-ink" : "text-ink-2 hover:bg-sunken hover:text-ink"}`}
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
      className="h-7 rounded-md border border-line bg-raised px-1.5 max-sm:h-11"
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
