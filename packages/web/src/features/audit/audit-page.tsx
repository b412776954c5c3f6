import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Button, IconButton } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Answered, Empty } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { ManagePage } from "../manage/manage-page.tsx";
import { MoreButton } from "../manage/more-button.tsx";
import { Readable } from "../manage/refusal.tsx";
import { usePages } from "../manage/use-pages.ts";
import { AuditRows } from "./audit-rows.tsx";
import { Verify } from "./verify.tsx";

const route = getRouteApi("/manage/audit");

/** Who changed what, and whether the record is whole. */
export function AuditPage() {
  return (
    <ManagePage at="/manage/audit">
      <Readable permission="audit.read">
        <Verify />
        <Record />
      </Readable>
    </ManagePage>
  );
}

function Record() {
  const { actor, target } = route.useSearch();
  const navigate = useNavigate({ from: "/manage/audit" });
  const query = { ...(actor === undefined ? {} : { actor }), ...(target === undefined ? {} : { target }) };
  const { answer, items } = usePages("listAudit", query);
  const filter = (part: { actor?: string; target?: string }): void =>
    void navigate({ search: ({ launch }) => ({ launch, ...part }) });
  return (
    <Panel
      title="Record"
      aside={<IconButton icon="retry" label="Read again" onClick={() => void answer.refetch()} className="-mr-1.5" />}
    >
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
        <FilterForm key={`${actor} ${target}`} onFilter={filter} />
        {actor === undefined ? null : <Chip text={`by ${actor}`} onClear={() => filter({})} />}
        {target === undefined ? null : <Chip text={`to ${target}`} onClear={() => filter({})} />}
      </div>
      <Answered of={answer} rows={8}>
        {items.length === 0 ? (
          <Empty icon="list" title={actor === undefined && target === undefined ? "Nothing yet" : "Nothing like that"}>
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

/** The record is read by one actor or by one target, not by both. */
function FilterForm({ onFilter }: { readonly onFilter: (part: { actor?: string; target?: string }) => void }) {
  const [by, setBy] = useState<"actor" | "target">("actor");
  const [text, setText] = useState("");
  const box = "h-7 rounded-md border border-line-strong bg-raised px-2 max-sm:h-9";
  return (
    <form
      className="flex min-w-0 gap-1.5 max-sm:w-full"
      onSubmit={(event) => {
        event.preventDefault();
        if (text !== "") onFilter(by === "actor" ? { actor: text } : { target: text });
      }}
    >
      <select
        aria-label="Filter by"
        value={by}
        onChange={({ target }) => setBy(target.value === "target" ? "target" : "actor")}
        className={box}
      >
        <option value="actor">Actor</option>
        <option value="target">Target</option>
      </select>
      <input
        aria-label="Whose rows to show"
        value={text}
        placeholder={by === "actor" ? "ada@example.org" : "pool warehouse"}
        onChange={({ target }) => setText(target.value)}
        className={`${box} min-w-0 flex-1 placeholder:text-ink-3`}
      />
      <Button type="submit" disabled={text === ""} className="max-sm:h-9">
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
      className="inline-flex h-7 min-w-0 items-center gap-1.5 rounded-full border border-accent bg-accent-soft px-2.5 text-ink max-sm:h-9"
    >
      <span className="truncate">{text}</span>
      <Icon name="cross" size={12} />
    </button>
  );
}
