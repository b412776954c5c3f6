import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useActions } from "../../actions/registry.ts";
import { useApi } from "../../api/use-api.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Answered, Empty } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Instant } from "../../ui/time.tsx";
import { durationText } from "../../ui/time-text.ts";
import { type Column, DataTable } from "../manage/data-table.tsx";
import { ManagePage } from "../manage/manage-page.tsx";
import { useRefusalHere } from "../manage/refusal.tsx";
import { withShortIds } from "../runs/run-text.ts";
import { TaskNames } from "../vault/uses.tsx";
import { type Pool, PoolDialog, ResetPoolDialog } from "./pool-dialogs.tsx";
import { Servers } from "./servers.tsx";
import { Workers } from "./workers.tsx";

type SlotUse = Pool["holders"][number];

/** What limits how much runs at once, who holds it, who waits for it; and the processes that do the work. */
export function PoolsPage() {
  const queries = useQueryClient();
  const answer = useApi("listPools");
  const refused = useRefusalHere("pool.write");
  const [isNew, setNew] = useState(false);
  const pools = (answer.data?.items ?? []).toSorted(byNeed);
  useActions([{ id: "pool.new", title: "Add a pool", icon: "plus", refused, run: () => setNew(true) }]);
  const refresh = (): void => {
    for (const list of ["listPools", "listServers", "listWorkers"]) {
      void queries.invalidateQueries({ queryKey: [list] });
    }
  };
  return (
    <ManagePage
      at="/manage/pools"
      actions={
        <>
          <IconButton icon="retry" label="Read again" onClick={refresh} />
          <Button icon="plus" refused={refused} onClick={() => setNew(true)}>
            Add a pool
          </Button>
        </>
      }
    >
      <Answered of={answer}>
        {pools.length === 0 ? (
          <Panel title="Pools">
            <Empty icon="grid" title="No pools yet">
              A pool limits how many attempts use something at once. Tasks name it in their option{" "}
              <code className="font-mono">pool</code>.
            </Empty>
          </Panel>
        ) : (
          pools.map((pool) => <PoolPanel key={pool.name} pool={pool} refused={refused} />)
        )}
      </Answered>
      <Servers />
      <Workers />
      {isNew ? <PoolDialog onClose={() => setNew(false)} /> : null}
    </ManagePage>
  );
}

/** Where somebody waits goes first, then what is in use. */
function byNeed(a: Pool, b: Pool): number {
  return b.waiting - a.waiting || b.used - a.used || a.name.localeCompare(b.name);
}

/** A connection that does not say how many may use it at once has a pool all the same. */
const ANY_NUMBER = Number.MAX_SAFE_INTEGER;

const SOURCES: Readonly<Record<Pool["source"], string>> = {
  set: "size set by hand",
  config: "size from the configuration",
  claimed: "named by tasks, and given no size",
};

function PoolPanel({ pool, refused }: { readonly pool: Pool; readonly refused: string | undefined }) {
  const [dialog, setDialog] = useState<"size" | "reset">();
  const { name, slots, used, description, source, rate, usedBy, holders, waiters, waiting } = pool;
  return (
    <Panel
      title={name}
      aside={
        <div className="-mr-1.5 flex gap-1">
          {source === "set" ? (
            <Button kind="quiet" refused={refused} onClick={() => setDialog("reset")}>
              Take back
            </Button>
          ) : null}
          <Button kind="quiet" refused={refused} aria-label={`Set size of ${name}`} onClick={() => setDialog("size")}>
            Set size
          </Button>
        </div>
      }
    >
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2.5">
        <SlotBar used={used} slots={slots} />
        <p>
          <span className="font-medium">{used}</span>
          {slots >= ANY_NUMBER ? " slots in use, no limit" : ` of ${slots} slots in use`}
        </p>
        <p className={waiting > 0 ? "text-blocked" : "text-ink-2"}>
          {waiting === 0 ? "nothing waits" : `${waiting} ${waiting === 1 ? "waits" : "wait"}`}
        </p>
        <p className="ml-auto text-2xs text-ink-2 max-sm:ml-0">
          {description === null ? "" : `${description} · `}
          {rate === null ? "" : `${rateText(rate)} · `}
          {SOURCES[source]}
        </p>
      </div>
      <SlotUses title="Holds slots" uses={holders} name={name} />
      <SlotUses title="In line, as they will be served" uses={waiters} name={name} />
      {waiting > waiters.length ? (
        <p className="border-t border-line px-3 py-1.5 text-2xs text-ink-2">
          … and {waiting - waiters.length} more behind them
        </p>
      ) : null}
      <Claimants usedBy={usedBy} />
      {dialog === "size" ? <PoolDialog pool={pool} onClose={() => setDialog(undefined)} /> : null}
      {dialog === "reset" ? <ResetPoolDialog pool={pool} onClose={() => setDialog(undefined)} /> : null}
    </Panel>
  );
}

/** A whole minute is said as one. */
function rateText({ limit, perMs }: NonNullable<Pool["rate"]>): string {
  return `at most ${limit} start in ${durationText(perMs).replace(/ 0+ (?:h|min|s)$/, "")}`;
}

/** So many flows are named. */
const NAMED = 6;

/** Which tasks take its slots, by what the active version says. */
function Claimants({ usedBy }: Pick<Pool, "usedBy">) {
  if (usedBy.length === 0) return null;
  return (
    <p className="flex flex-wrap gap-x-3 border-t border-line px-3 py-1.5 text-2xs">
      <span className="text-ink-2">Used by</span>
      {usedBy.slice(0, NAMED).map(({ flow, tasks }) => (
        <span key={flow}>
          <Link to="/flows/$flow" params={{ flow }} className="hover:text-accent">
            {flow}
          </Link>
          <TaskNames flow={flow} tasks={tasks} />
        </span>
      ))}
      {usedBy.length > NAMED ? <span className="text-ink-2">and {usedBy.length - NAMED} more flows</span> : null}
    </p>
  );
}

/** The text beside it says the same. */
function SlotBar({ used, slots }: { readonly used: number; readonly slots: number }) {
  const share = slots === 0 ? (used > 0 ? 1 : 0) : Math.min(1, used / slots);
  return (
    <div aria-hidden="true" className="h-2 w-40 overflow-hidden rounded-full bg-sunken max-sm:w-full">
      <div className={`h-full ${share >= 1 ? "bg-blocked" : "bg-accent"}`} style={{ width: `${share * 100}%` }} />
    </div>
  );
}

const USES: readonly Column<SlotUse>[] = [
  {
    name: "Task",
    show: ({ run, flow, task, reason }) => (
      <>
        <Link to="/runs/$run" params={{ run }} search={{ task }} className="hover:text-accent">
          <span className="text-ink-2">{flow}</span> <span className="font-medium">{task}</span>
        </Link>
        {/* A phone has no column for it. */}
        {reason === null ? null : <p className="text-2xs break-words text-ink-2 sm:hidden">{withShortIds(reason)}</p>}
      </>
    ),
  },
  { name: "Since", show: ({ since }) => <Instant at={since} relative /> },
  { name: "For", from: "md", show: ({ class: kind }) => (kind === "live" ? "a live run" : "a backfill") },
  { name: "Priority", from: "sm", isNumber: true, show: ({ priority }) => priority },
  { name: "Slots", isNumber: true, show: ({ slots }) => slots },
];

const WAITS: readonly Column<SlotUse>[] = [
  ...USES.slice(0, 2),
  {
    name: "Why it waits",
    from: "sm",
    show: ({ reason }) => <span className="text-ink-2">{withShortIds(reason ?? "")}</span>,
  },
  ...USES.slice(2),
];

function SlotUses({
  title,
  uses,
  name,
}: {
  readonly title: string;
  readonly uses: readonly SlotUse[];
  readonly name: string;
}) {
  if (uses.length === 0) return null;
  return (
    <div className="border-t border-line">
      <h3 className="px-3 pt-2 font-medium">{title}</h3>
      <DataTable
        label={`${title}: ${name}`}
        columns={uses.some(({ reason }) => reason !== null) ? WAITS : USES}
        rows={uses}
        idOf={({ run, task }) => `${run} ${task}`}
      />
    </div>
  );
}
