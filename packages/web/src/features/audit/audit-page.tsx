import { ROUTES } from "@millrace/contract";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { usePreferences } from "../../app/preferences.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Answered, Empty } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { ManagePage } from "../manage/manage-page.tsx";
import { MoreButton } from "../manage/more-button.tsx";
import { Readable } from "../manage/refusal.tsx";
import { usePages } from "../manage/use-pages.ts";
import { type AuditSearch, auditQuery } from "./audit-query.ts";
import { AuditRows } from "./audit-rows.tsx";
import { actionText } from "./audit-words.ts";
import { Download } from "./download.tsx";
import { Verify } from "./verify.tsx";

const route = getRouteApi("/manage/audit");
const BOX = "h-7 rounded-md border border-line-strong bg-raised px-2 max-sm:h-11";

/** Who changed what, and whether the record is whole. */
export function AuditPage() {
  return (
    <ManagePage at="/manage/audit">
      <Readable permission="audit.read">
        <Record />
        <Verify />
      </Readable>
    </ManagePage>
  );
}

function Record() {
  const search = route.useSearch();
  const { actor, target, action, from, to } = search;
  const { zone } = usePreferences();
  const navigate = useNavigate({ from: "/manage/audit" });
  const query = auditQuery(search, zone);
  const { answer, items } = usePages("listAudit", query);
  const filter = (part: AuditSearch): void => void navigate({ search: (old) => ({ ...old, ...part }) });
  const isAll = [actor, target, action, from, to].every((each) => each === undefined);
  return (
    <Panel
      title="Record"
      aside={
        <div className="-mr-1.5 flex items-center">
          <Download query={query} />
          <IconButton icon="retry" label="Read again" onClick={() => void answer.refetch()} />
        </div>
      }
    >
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
        <FilterForm key={`${actor} ${target}`} onFilter={filter} />
        <ActionFilter chosen={action} onFilter={filter} />
        <Between from={from} to={to} onFilter={filter} />
        {actor === undefined ? null : <Chip text={`by ${actor}`} onClear={() => filter({ actor: undefined })} />}
        {target === undefined ? null : <Chip text={`to ${target}`} onClear={() => filter({ target: undefined })} />}
      </div>
      <Answered of={answer} rows={8}>
        {items.length === 0 ? (
          <Empty icon="list" title={isAll ? "Nothing yet" : "Nothing like that"}>
            Each change that somebody makes is written down here. Names are matched whole.
          </Empty>
        ) : (
          <AuditRows rows={items} onFilter={filter} />
        )}
        <MoreButton of={answer} />
      </Answered>
    </Panel>
  );
}

const ACTIONS = Object.entries(ROUTES)
  .filter(([, { method }]) => method !== "GET")
  .map(([name]) => name)
  .toSorted();

interface FilterProps {
  readonly onFilter: (part: AuditSearch) => void;
}

function ActionFilter({ chosen, onFilter }: FilterProps & { readonly chosen: string | undefined }) {
  return (
    <select
      aria-label="What was done"
      value={chosen ?? ""}
      onChange={({ target }) => onFilter({ action: target.value || undefined })}
      className={`${BOX} max-w-44`}
    >
      <option value="">Any action</option>
      {(chosen === undefined || ACTIONS.includes(chosen) ? ACTIONS : [...ACTIONS, chosen]).map((action) => (
        <option key={action} value={action}>
          {actionText(action)}
        </option>
      ))}
    </select>
  );
}

function Between({ from, to, onFilter }: FilterProps & Pick<AuditSearch, "from" | "to">) {
  return (
    <div className="flex flex-wrap items-center gap-x-1.5 gap-y-2 text-ink-2">
      {(["from", "to"] as const).map((end) => (
        <label key={end} className="flex items-center gap-1.5">
          <span className="max-sm:w-10">{end === "from" ? "From" : "Until"}</span>
          <input
            type="datetime-local"
            value={(end === "from" ? from : to) ?? ""}
            onChange={({ target }) => onFilter({ [end]: target.value || undefined })}
            className={`${BOX} text-ink`}
          />
        </label>
      ))}
    </div>
  );
}

/** The record is read by one actor or by one target, not by both. */
function FilterForm({ onFilter }: FilterProps) {
  const [by, setBy] = useState<"actor" | "target">("actor");
  const [text, setText] = useState("");
  return (
    <form
      className="flex min-w-0 gap-1.5 max-sm:w-full"
      onSubmit={(event) => {
        event.preventDefault();
        if (text !== "")
          onFilter(by === "actor" ? { actor: text, target: undefined } : { target: text, actor: undefined });
      }}
    >
      <select
        aria-label="Filter by"
        value={by}
        onChange={({ target }) => setBy(target.value === "target" ? "target" : "actor")}
        className={BOX}
      >
        <option value="actor">Actor</option>
        <option value="target">Target</option>
      </select>
      <input
        aria-label="Whose rows to show"
        value={text}
        placeholder={by === "actor" ? "ada@example.org" : "pool warehouse"}
        onChange={({ target }) => setText(target.value)}
        className={`${BOX} min-w-0 flex-1 placeholder:text-ink-3`}
      />
      <Button type="submit" disabled={text === ""} className="max-sm:h-11">
        Filter
      </Button>
    </form>
  );
}

function Chip({ text, onClear }: { readonly text: string; readonly onClear: () => void }) {
  return (
    <button
      type="button"
      onClick={onClear}
      aria-label={`Show not only what is ${text}`}
      className="inline-flex h-7 min-w-0 items-center gap-1.5 rounded-full border border-accent bg-accent-soft px-2.5 text-ink max-sm:h-11"
    >
      <span className="truncate">{text}</span>
      <Icon name="cross" size={12} />
    </button>
  );
}
