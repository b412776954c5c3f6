import type { RouteOutput } from "@millrace/contract";
import { useState } from "react";
import { useActions } from "../../actions/registry.ts";
import { server } from "../../api/server.ts";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Problem } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";
import { INPUT } from "../manage/field.tsx";

type Verdict = RouteOutput<"verifyAudit">;

/** Reads the whole record and tells whether somebody has changed it since it was written. */
export function Verify() {
  const [noted, setNoted] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [verdict, setVerdict] = useState<Verdict>();
  const [error, setError] = useState<unknown>(null);
  const verify = async (): Promise<void> => {
    setBusy(true);
    setVerdict(undefined);
    setError(null);
    try {
      setVerdict(await server.call("verifyAudit", { query: noted === "" ? {} : { noted: noted.trim() } }));
    } catch (thrown) {
      setError(thrown);
    }
    setBusy(false);
  };
  useActions([{ id: "audit.verify", title: "Verify the audit", icon: "check", run: () => void verify() }]);
  return (
    <Panel title="Is the record whole?">
      <form
        className="flex flex-wrap items-center gap-2 px-3 py-2.5"
        onSubmit={(event) => {
          event.preventDefault();
          void verify();
        }}
      >
        <input
          aria-label="Head that was noted earlier"
          value={noted}
          spellCheck={false}
          placeholder="A head that you noted earlier, if you have one"
          onChange={({ target }) => setNoted(target.value)}
          className={`${INPUT} max-w-96 flex-1 font-mono text-xs`}
        />
        <Button type="submit" kind="primary" icon="check" disabled={isBusy}>
          {isBusy ? "Reading…" : "Verify"}
        </Button>
      </form>
      <div aria-live="polite">{verdict === undefined ? null : <Said verdict={verdict} />}</div>
      {error === null ? null : <Problem error={error} />}
    </Panel>
  );
}

const FAULTS: Readonly<Record<Verdict["faults"][number]["kind"], string>> = {
  changed: "was changed",
  missing: "is missing",
  extra: "does not belong there",
  head: "does not fit the head that is kept apart: the end was cut off or written anew",
  rewritten: "was written anew since the head was noted",
};

function Said({ verdict: { ok, rows, head, found, faults } }: { readonly verdict: Verdict }) {
  const noted = `${head.seq}:${head.hash}`;
  return (
    <div className={`m-3 mt-0 rounded-md px-3 py-2.5 ${ok ? "bg-success-soft" : "bg-failed-soft"}`}>
      <p className={`flex items-center gap-1.5 font-medium ${ok ? "text-success" : "text-failed"}`}>
        <Icon name={ok ? "check" : "cross"} size={14} />
        {ok
          ? `All ${rows} rows are as they were written.`
          : `${found} ${found === 1 ? "fault" : "faults"} in ${rows} rows.`}
      </p>
      <ul className="mt-1">
        {faults.map(({ kind, from, to }) => (
          <li key={`${kind} ${from}`}>
            {from === to ? `Row ${from}` : `Rows ${from} to ${to}`}: {FAULTS[kind]}.
          </li>
        ))}
      </ul>
      {ok ? (
        <div className="mt-1 flex flex-wrap items-center gap-2">
          <p className="text-ink-2">
            Note the head elsewhere, to prove later that nothing up to here was written anew:
          </p>
          <code className="min-w-0 font-mono text-xs break-all">{noted}</code>
          <CopyButton text={noted} label="Copy the head" />
        </div>
      ) : null}
    </div>
  );
}
