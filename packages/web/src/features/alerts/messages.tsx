import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Answered, Empty, Problem } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { againOf } from "../../ui/problem-text.ts";
import { Instant } from "../../ui/time.tsx";
import { DataTable } from "../manage/data-table.tsx";
import { MoreButton } from "../manage/more-button.tsx";
import { useAct } from "../manage/use-act.ts";
import { usePages } from "../manage/use-pages.ts";
import { KINDS, MESSAGE_LOOKS, type Message } from "./alert-text.ts";

const route = getRouteApi("/manage/alerts");
const STATES = ["waiting", "sent", "failed"] as const;

/** Messages, sent and to be sent, with what came of each try. */
export function Messages({ refused }: { readonly refused: string | undefined }) {
  const { state } = route.useSearch();
  const { answer, items } = usePages("listAlertDeliveries", state === undefined ? {} : { state });
  const retry = useAct("retryAlertDelivery", "listAlertDeliveries");
  return (
    <Panel title="Messages">
      <div className="border-b border-line px-3 py-2">
        <States chosen={state} />
      </div>
      {retry.error === null ? null : <Problem error={retry.error} onRetry={againOf(retry.error, retry.again)} />}
      <Answered of={answer}>
        {items.length === 0 ? (
          <Empty icon="bell" title={state === undefined ? "No messages yet" : "No messages like that"} />
        ) : (
          <DataTable
            label="Messages"
            rows={items}
            idOf={({ id }) => id}
            columns={[
              { name: "State", show: (message) => <MessageState message={message} /> },
              { name: "Message", show: (message) => <What message={message} /> },
              { name: "Made", from: "sm", show: ({ madeAt }) => <Instant at={madeAt} relative /> },
              {
                name: "Actions",
                isAction: true,
                show: ({ id, title }) => (
                  <Button
                    kind="quiet"
                    refused={refused}
                    disabled={retry.isPending}
                    aria-label={`Resend: ${title}`}
                    onClick={() => void retry.act({ params: { delivery: id } })}
                  >
                    Resend
                  </Button>
                ),
              },
            ]}
          />
        )}
        <MoreButton of={answer} />
      </Answered>
    </Panel>
  );
}

function States({ chosen }: { readonly chosen: Message["state"] | undefined }) {
  const navigate = useNavigate({ from: "/manage/alerts" });
  return (
    <fieldset className="flex flex-wrap items-center gap-1">
      <legend className="sr-only">States</legend>
      {STATES.map((state) => {
        const { text, icon, look } = MESSAGE_LOOKS[state];
        const isOn = state === chosen;
        return (
          <button
            key={state}
            type="button"
            aria-pressed={isOn}
            onClick={() => void navigate({ search: (old) => ({ ...old, state: isOn ? undefined : state }) })}
            className={`inline-flex h-7 items-center gap-1.5 rounded-full border px-2.5 max-sm:h-11 ${isOn ? "border-accent bg-accent-soft text-ink" : "border-line bg-surface text-ink-2 hover:bg-sunken"}`}
          >
            <Icon name={icon} size={13} className={look} />
            {text}
          </button>
        );
      })}
    </fieldset>
  );
}

function MessageState({ message: { state, nextAt } }: { readonly message: Message }) {
  const { text, icon, look } = MESSAGE_LOOKS[state];
  return (
    <>
      <span className={`inline-flex items-center gap-1.5 font-medium whitespace-nowrap ${look}`}>
        <Icon name={icon} size={14} /> {text}
      </span>
      {nextAt === null ? null : (
        <p className="text-2xs text-ink-2">
          tried <Instant at={nextAt} relative />
        </p>
      )}
    </>
  );
}

/** Its title; what it stands for and what came of each try unfold. */
function What({ message: { title, rule, channel, kind, count, alerts, tries } }: { readonly message: Message }) {
  return (
    <details className="min-w-0">
      <summary>
        <span className="font-medium break-words">{title}</span>
        <span className="block text-2xs text-ink-2">
          {KINDS[kind]} · {rule} through {channel}
          {count > 1 ? ` · ${count} alerts` : ""}
        </span>
      </summary>
      <ul className="mt-1.5 flex flex-col gap-1">
        {alerts.map(({ flow, text, at, about }) => (
          <li key={`${flow} ${at} ${text}`} className="break-words">
            {about.kind === "run" ? (
              <Link to="/runs/$run" params={{ run: about.id }} className="text-accent hover:underline">
                {flow}
              </Link>
            ) : (
              <span>{flow}</span>
            )}{" "}
            <span className="text-ink-2">{text}</span>
          </li>
        ))}
      </ul>
      <p className="mt-1.5 text-2xs text-ink-2">{tries.length === 0 ? "Not tried yet." : "Tries"}</p>
      <ul>
        {tries.map(({ at, ok, text }) => (
          <li key={at} className="flex flex-wrap items-center gap-x-1.5">
            <Icon name={ok ? "check" : "cross"} size={13} className={ok ? "text-success" : "text-failed"} />
            <Instant at={at} /> <span className="min-w-0 break-all text-ink-2">{text}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
