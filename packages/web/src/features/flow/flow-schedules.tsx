import { Link } from "@tanstack/react-router";
import { useRefusal } from "../../account/use-refusal.ts";
import type { Tick, Trigger } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Answered, Empty } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Instant } from "../../ui/time.tsx";
import { shortId } from "../runs/run-table.tsx";
import { byWhom } from "../runs/run-text.ts";
import { useAskPause } from "../schedules/use-ask-pause.ts";

const HEAD = "px-3 py-1.5 text-left text-2xs font-medium text-ink-3 whitespace-nowrap";
const CELL = "px-3 py-cell align-top";

/** What makes runs of the flow, and what became of it. */
export function FlowSchedules({ flow }: { readonly flow: string }) {
  const answer = useApi("listTriggers", { query: { flow } });
  const ticks = useApi("listTicks", { query: { flow, limit: 50 } });
  const triggers = answer.data?.items ?? [];
  return (
    <div className="flex flex-col gap-4">
      <Panel title="Schedules and triggers">
        <Answered of={answer}>
          {triggers.length === 0 ? (
            <Empty icon="calendar" title="It runs only when somebody asks">
              Give the flow a <code className="font-mono">schedule</code>, such as{" "}
              <code className="font-mono">cron("0 6 * * *")</code>, in its options.
            </Empty>
          ) : (
            triggers.map((trigger) => <TriggerRow key={trigger.name} trigger={trigger} />)
          )}
        </Answered>
      </Panel>
      <Panel title="What became of ticks and events">
        <Answered of={ticks}>
          {ticks.data?.items.length === 0 ? (
            <p className="px-3 py-4 text-ink-2">Nothing has come yet.</p>
          ) : (
            <TickTable ticks={ticks.data?.items ?? []} />
          )}
        </Answered>
      </Panel>
    </div>
  );
}

function TriggerRow({ trigger }: { readonly trigger: Trigger }) {
  const { flow, name, kind, text, paused, nextTick, failures, waiting } = trigger;
  const refused = useRefusal("trigger.pause", flow);
  const ask = useAskPause();
  return (
    <div className="border-b border-line last:border-b-0">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2">
        <Icon name={kind === "schedule" ? "calendar" : "link"} className="text-ink-3" />
        <div className="min-w-0 flex-1">
          <p className="font-medium">{text}</p>
          <p className="text-2xs text-ink-2">
            {name === "default" ? kind.replace("_", " ") : `${name}, ${kind.replace("_", " ")}`}
            {failures > 0 ? ` · ${failures} polls failed` : ""}
            {waiting > 0 ? ` · ${waiting} events gathered` : ""}
          </p>
        </div>
        {paused === null ? (
          nextTick === null ? null : (
            <span className="text-ink-2">
              next <Instant at={nextTick} relative />
            </span>
          )
        ) : (
          <span className="inline-flex items-center gap-1.5 text-blocked">
            <Icon name="pause" size={13} /> Paused {byWhom(paused.by)}
            {paused.reason === null ? "" : `: ${paused.reason}`}
          </span>
        )}
        <Button
          icon={paused === null ? "pause" : "play"}
          refused={refused}
          aria-label={`${paused === null ? "Pause" : "Resume"} ${name} of ${flow}`}
          onClick={() => ask(flow, name)}
        >
          {paused === null ? "Pause" : "Resume"}
        </Button>
      </div>
    </div>
  );
}

const OUTCOMES: Readonly<Record<Tick["outcome"], string>> = {
  run: "made a run",
  known: "known already",
  linked: "joined a run",
  gathered: "gathered",
  skipped: "skipped",
  failed: "failed",
  polled: "nothing new",
};

function TickTable({ ticks }: { readonly ticks: readonly Tick[] }) {
  return (
    <div className="relative overflow-x-auto">
      <table className="w-full" aria-label="Ticks and events">
        <thead>
          <tr className="border-b border-line">
            <th className={HEAD} title="A time at which a schedule makes a run, or at which an event came">
              Tick
            </th>
            <th className={HEAD}>Outcome</th>
            <th className={HEAD}>Run</th>
            <th className={`${HEAD} max-sm:hidden`}>Why</th>
          </tr>
        </thead>
        <tbody>
          {ticks.map(({ trigger, key, at, outcome, run, reason }) => (
            <tr key={`${trigger} ${key} ${at}`} className="border-b border-line last:border-b-0">
              <td className={CELL}>
                <Instant at={at} />
              </td>
              <td className={`${CELL} ${outcome === "failed" ? "text-failed" : "text-ink-2"}`}>{OUTCOMES[outcome]}</td>
              <td className={CELL}>
                {run === null ? (
                  <span className="text-ink-3">–</span>
                ) : (
                  <Link to="/runs/$run" params={{ run }} className="font-mono text-xs text-accent hover:underline">
                    {shortId(run)}
                  </Link>
                )}
              </td>
              <td className={`${CELL} text-ink-2 max-sm:hidden`}>{reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
