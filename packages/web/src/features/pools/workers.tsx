import type { RouteOutput } from "@millrace/contract";
import { useState } from "react";
import { useApi } from "../../api/use-api.ts";
import { Button } from "../../ui/button.tsx";
import { Icon, type IconName } from "../../ui/icon.tsx";
import { Answered } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Instant } from "../../ui/time.tsx";
import { durationText } from "../../ui/time-text.ts";
import { type Column, DataTable } from "../manage/data-table.tsx";
import { FormDialog } from "../manage/form-dialog.tsx";
import { useRefusalHere } from "../manage/refusal.tsx";
import { useAct } from "../manage/use-act.ts";
import { RunsNow } from "./runs-now.tsx";

type Worker = RouteOutput<"listWorkers">["items"][number];

const STATES = {
  takes: { text: "Takes attempts", icon: "check", look: "text-success" },
  draining: { text: "Draining", icon: "pause", look: "text-blocked" },
  drained: { text: "Drained", icon: "pause", look: "text-ink-2" },
  away: { text: "Away", icon: "cross", look: "text-failed" },
} as const satisfies Readonly<Record<string, { text: string; icon: IconName; look: string }>>;

function stateOf({ slots, isAway, running }: Worker): (typeof STATES)[keyof typeof STATES] {
  if (isAway) return STATES.away;
  if (slots > 0) return STATES.takes;
  return running?.length === 0 ? STATES.drained : STATES.draining;
}

const COLUMNS: readonly Column<Worker>[] = [
  {
    name: "Worker",
    show: ({ name, host, pid, version }) => (
      <>
        <p className="font-medium break-all">{name}</p>
        <p className="text-2xs break-words text-ink-2" title={`Millrace ${version}`}>
          {host}, <span className="whitespace-nowrap">process {pid}</span>
        </p>
      </>
    ),
  },
  {
    name: "State",
    show: (worker) => {
      const { text, icon, look } = stateOf(worker);
      return (
        <span className={`inline-flex items-center gap-1.5 font-medium whitespace-nowrap ${look}`}>
          <Icon name={icon} size={14} /> {text}
        </span>
      );
    },
  },
  { name: "Runs now", from: "sm", show: ({ running }) => <RunsNow running={running} /> },
  {
    name: "Labels",
    from: "md",
    show: ({ labels }) =>
      Object.entries(labels)
        .map(([label, value]) => `${label}=${value}`)
        .join(", ") || <span className="text-ink-3">none</span>,
  },
  { name: "Connected", from: "md", show: ({ connectedAt }) => <Instant at={connectedAt} relative /> },
  {
    name: "Heard",
    from: "sm",
    isNumber: true,
    show: ({ silentMs }) => (silentMs === null ? "–" : heardText(silentMs)),
  },
  { name: "Slots", isNumber: true, show: (worker) => <Slots {...worker} /> },
];

/** It gives a sign of life every two seconds. */
const BEAT_MS = 3_000;

function heardText(silentMs: number): string {
  return silentMs < BEAT_MS ? "just now" : `${durationText(silentMs)} ago`;
}

function Slots({ slots, running }: Worker) {
  const taken = running?.length ?? null;
  if (slots === 0) return taken === null || taken === 0 ? "none" : `${taken} left`;
  return (
    <span className="whitespace-nowrap" title={taken === null ? undefined : `${Math.max(0, slots - taken)} free`}>
      {taken === null ? slots : `${taken} of ${slots}`}
    </span>
  );
}

/** Workers in processes of their own, elsewhere. */
export function Workers() {
  const answer = useApi("listWorkers");
  const refused = useRefusalHere("pool.write");
  const [asked, setAsked] = useState<Worker>();
  const undrain = useAct("drainWorker", "listWorkers");
  const workers = answer.data?.items ?? [];
  const actions: Column<Worker> = {
    name: "Actions",
    isAction: true,
    show: (worker) =>
      worker.slots > 0 ? (
        <Button kind="quiet" refused={refused} aria-label={`Drain ${worker.name}`} onClick={() => setAsked(worker)}>
          Drain
        </Button>
      ) : (
        <Button
          kind="quiet"
          refused={refused}
          aria-label={`Undrain ${worker.name}`}
          onClick={() => void undrain.act({ params: { worker: worker.id }, body: { drain: false } })}
        >
          Undrain
        </Button>
      ),
  };
  return (
    <Panel title="Workers elsewhere">
      <Answered of={answer} rows={2}>
        {workers.length === 0 ? (
          <p className="px-3 py-4 text-ink-2">
            None is connected: servers run attempts themselves. <code className="font-mono">millrace worker</code>{" "}
            starts one on another machine, with a token for workers.
          </p>
        ) : (
          <DataTable label="Workers elsewhere" columns={[...COLUMNS, actions]} rows={workers} idOf={({ id }) => id} />
        )}
      </Answered>
      {asked === undefined ? null : <DrainDialog worker={asked} onClose={() => setAsked(undefined)} />}
    </Panel>
  );
}

/** Says what draining does before it is done. */
function DrainDialog({ worker, onClose }: { readonly worker: Worker; readonly onClose: () => void }) {
  const { id, name, running } = worker;
  const drain = useAct("drainWorker", "listWorkers");
  const submit = async (): Promise<void> => {
    if ((await drain.act({ params: { worker: id }, body: { drain: true } })) !== undefined) onClose();
  };
  const count = running?.length ?? 0;
  return (
    <FormDialog title={`Drain ${name}?`} verb="Drain" of={drain} onSubmit={() => void submit()} onClose={onClose}>
      <p>It is given nothing new. {count === 0 ? "Nothing runs there now." : `What runs there ends: ${count} now.`}</p>
      {count === 0 ? null : <RunsNow running={running} />}
      <p className="text-ink-2">
        It stays so, whoever leads, until it is undrained or ends. Tasks that only it can run wait.
      </p>
    </FormDialog>
  );
}
