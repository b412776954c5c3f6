import type { RouteInput, RouteOutput } from "@millrace/contract";
import { useState } from "react";
import { server } from "../../api/server.ts";
import { Button } from "../../ui/button.tsx";

type Row = RouteOutput<"listAudit">["items"][number];

/** The most that the server gives at once, and the most that is kept in the page. */
const PAGE = 1_000;
const MOST = 100_000;

const KINDS = {
  jsonl: {
    text: "JSON lines",
    type: "application/x-ndjson",
    write: (rows: readonly Row[]) => rows.map((row) => JSON.stringify(row)),
  },
  csv: { text: "CSV", type: "text/csv", write: (rows: readonly Row[]) => [COLUMNS.join(","), ...rows.map(csvOf)] },
} as const;

const COLUMNS = ["seq", "at", "actor", "action", "target", "from", "before", "after", "hash"] as const;

/** RFC 4180. A text that a spreadsheet would take for a formula is made one that it does not. */
function csvOf(row: Row): string {
  return COLUMNS.map((column) => {
    const value = row[column];
    const text = typeof value === "string" ? value : value === null ? "" : JSON.stringify(value);
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }).join(",");
}

/** Gives what is shown as a file, all pages of it. */
export function Download({ query }: { readonly query: RouteInput<"listAudit">["query"] }) {
  const [busy, setBusy] = useState<keyof typeof KINDS>();
  const [said, setSaid] = useState("");
  const download = async (kind: keyof typeof KINDS): Promise<void> => {
    setBusy(kind);
    setSaid("");
    try {
      const rows = await readAll(query);
      const { type, write } = KINDS[kind];
      give(new Blob([`${write(rows).join("\n")}\n`], { type }), `audit.${kind}`);
      if (rows.length >= MOST) setSaid(`The newest ${MOST.toLocaleString("en-US")} rows.`);
    } catch (error) {
      setSaid(error instanceof Error ? error.message : String(error));
    }
    setBusy(undefined);
  };
  return (
    <div className="flex items-center gap-1">
      <span role="status" className="text-2xs text-ink-2">
        {said}
      </span>
      {(["jsonl", "csv"] as const).map((kind) => (
        <Button
          key={kind}
          kind="quiet"
          icon="download"
          disabled={busy !== undefined}
          aria-label={`Download as ${KINDS[kind].text}`}
          onClick={() => void download(kind)}
        >
          {busy === kind ? "Reading…" : KINDS[kind].text}
        </Button>
      ))}
    </div>
  );
}

async function readAll(query: RouteInput<"listAudit">["query"]): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const page = await server.call("listAudit", {
      query: { ...query, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) },
    });
    rows.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && rows.length < MOST);
  return rows;
}

function give(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
