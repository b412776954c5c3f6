import { type CSSProperties, useMemo } from "react";
import { useApi } from "../../api/use-api.ts";
import { useZones } from "../../app/flow-zone.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Answered } from "../../ui/notices.tsx";
import { LOOKS, type State } from "../../ui/states.ts";
import { CellPanel } from "./cell-panel.tsx";
import { GridCanvas } from "./grid-canvas.ts";
import { GridHost } from "./grid-host.tsx";
import { type Cell, countsOf, type Grid, type GridScene, rowsOf, writtenRows } from "./grid-scene.ts";
import type { GridSearch } from "./grid-search.ts";
import { gridInput } from "./read-grid.ts";

/** Fewer tasks than these are seen at a glance: no need to look for one. */
const FEW_TASKS = 12;
/** With so few runs there is room beside the grid, for the newest of them if none is selected. */
const FEW_RUNS = 14;

interface Props {
  readonly flow: string;
  readonly search: GridSearch;
  readonly onSearch: (change: GridSearch) => void;
}

/** The last runs of a flow against its tasks, and what is selected of them. */
export function RunsGrid({ flow, search, onSearch }: Props) {
  const answer = useApi("getFlowGrid", gridInput(flow));
  const grid = answer.data;
  if (grid !== undefined && grid.runs.length === 0) return null;
  return grid === undefined ? (
    <section aria-label="Last runs" className="rounded-lg border border-line bg-surface">
      <Answered of={answer} rows={6}>
        {null}
      </Answered>
    </section>
  ) : (
    <Known flow={flow} grid={grid} search={search} onSearch={onSearch} />
  );
}

function Known({ flow, grid, search, onSearch }: Props & { readonly grid: Grid }) {
  const { find = "", cells, cell } = search;
  const nodes = useApi("getFlow", { params: { flow } }).data?.nodes;
  const { shown: zone } = useZones();
  const maps = useMemo(() => new Set((nodes ?? []).flatMap(({ id, map }) => (map === null ? [] : [id]))), [nodes]);
  const written = useMemo(() => nodes && writtenRows(grid, nodes), [grid, nodes]);
  const rows = useMemo(() => rowsOf(grid, { find, states: cells ?? [], written }), [grid, find, cells, written]);
  const total = written?.size ?? grid.tasks.length;
  const selected = useMemo(() => cellOf(grid, cell), [grid, cell]);
  const scene: GridScene = useMemo(() => ({ grid, rows, maps, selected, zone }), [grid, rows, maps, selected, zone]);
  const { likes } = GridCanvas.sizeOf(scene);
  const shown = selected ?? (grid.runs.length <= FEW_RUNS ? { run: 0, task: -1 } : undefined);
  return (
    <div className="flex items-stretch gap-4 max-lg:flex-col">
      <section
        aria-label="Last runs"
        className="min-w-0 rounded-lg border border-line bg-surface lg:min-w-[28rem] lg:basis-(--likes)"
        style={{ "--likes": `${Math.max(likes + 2, 560)}px` } as CSSProperties}
      >
        <Head grid={grid} search={search} onSearch={onSearch} />
        {rows.length === 0 ? (
          <p className="px-3 py-6 text-ink-2">No task is like that. Press a state again, or look for another name.</p>
        ) : (
          <GridHost scene={scene} onSelect={(next) => onSearch({ cell: next && textOf(grid, next) })} />
        )}
        <p className="border-t border-line px-3 py-1.5 text-2xs text-ink-3">
          {rows.length === total ? counted(rows.length, "task") : `${rows.length} of ${counted(total, "task")}`}
          {" × "}
          {counted(grid.runs.length, "run")}, the newest on the right
          <span className="max-md:hidden">. Arrows move, Enter selects, and again opens</span>
        </p>
      </section>
      {shown === undefined ? null : (
        <CellPanel
          grid={grid}
          cell={shown}
          onClose={selected === undefined ? undefined : () => onSearch({ cell: undefined })}
        />
      )}
    </div>
  );
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
}

function textOf({ runs, tasks }: Grid, { run, task }: Cell): string | undefined {
  const id = runs[run]?.id;
  return id === undefined || task < 0 ? id : `${id}~${tasks[task]}`;
}

function cellOf({ runs, tasks }: Grid, text: string | undefined): Cell | undefined {
  const [id, ...rest] = text?.split("~") ?? [];
  const run = runs.findIndex((each) => each.id === id);
  return run < 0 ? undefined : { run, task: rest.length === 0 ? -1 : tasks.indexOf(rest.join("~")) };
}

/** Which states occur: each leaves only the tasks that are so in one of the runs. */
function Head({ grid, search: { find = "", cells = [] }, onSearch }: { readonly grid: Grid } & Omit<Props, "flow">) {
  const counts = useMemo(() => countsOf(grid.runs), [grid]);
  const states = ORDER.filter((state) => counts.has(state) || cells.includes(state));
  return (
    <div className="flex min-h-9 flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-3 py-1">
      <h2>Last runs</h2>
      <ul aria-label="States" className="flex flex-wrap gap-0.5 text-2xs text-ink-2">
        {states.map((state) => {
          const isOn = cells.includes(state);
          const next = isOn ? cells.filter((each) => each !== state) : [...cells, state];
          return (
            <li key={state}>
              <button
                type="button"
                aria-pressed={isOn}
                onClick={() => onSearch({ cells: next.length === 0 ? undefined : next })}
                className={`flex h-6 items-center gap-1.5 rounded-md px-1.5 max-sm:h-8 ${isOn ? "bg-accent-soft text-ink" : "hover:bg-sunken"}`}
              >
                <span aria-hidden="true" className={`size-2.5 rounded-[3px] ${swatch(state)}`} />
                {LOOKS[state].text}
              </button>
            </li>
          );
        })}
      </ul>
      {grid.tasks.length < FEW_TASKS ? null : (
        <label className="ml-auto flex h-7 w-48 items-center gap-2 rounded-md border border-line-strong bg-raised px-2 focus-within:outline-2 focus-within:outline-accent max-sm:w-full">
          <Icon name="search" size={14} className="text-ink-3" />
          <span className="sr-only">Find a task</span>
          <input
            value={find}
            placeholder="Find a task"
            onChange={({ target }) => onSearch({ find: target.value || undefined })}
            className="min-w-0 flex-1 bg-transparent outline-none placeholder:text-ink-3"
          />
        </label>
      )}
    </div>
  );
}

/** Those that need somebody first. What has not begun needs no legend: it is a point. */
const ORDER: readonly State[] = [
  ...(["failed", "awaiting_input", "retry_wait", "running", "deferred", "queued", "ready", "pending"] as const),
  ...(["upstream_failed", "cancelled", "success", "skipped"] as const),
];

function swatch(state: State): string {
  return SWATCH[LOOKS[state].tone];
}

const SWATCH = {
  success: "bg-success",
  failed: "bg-failed",
  running: "bg-running",
  waiting: "bg-waiting",
  blocked: "border border-blocked bg-blocked-soft",
  idle: "border border-idle bg-idle-soft",
} as const;
