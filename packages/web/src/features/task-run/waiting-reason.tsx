import { Link } from "@tanstack/react-router";
import { Fragment, type ReactNode } from "react";
import { shortId } from "../runs/run-table.tsx";

/** Ids of runs, commands, and names of pools, as the sentence has them. */
const PARTS = /([0-9A-HJKMNP-TV-Z]{26}|`[^`]+`)/;

const NONE: readonly string[] = [];

/** Why something waits, with ways to what would free it. */
export function WaitingReason({ text, pools = NONE }: { readonly text: string; readonly pools?: readonly string[] }) {
  return (
    <p className="break-words first-letter:uppercase">
      {text.split(PARTS).map((part, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of one sentence do not move
        <Fragment key={place}>{place % 2 === 0 ? withPools(part, pools) : special(part)}</Fragment>
      ))}
    </p>
  );
}

function special(part: string): ReactNode {
  if (part.startsWith("`")) return <code className="font-mono text-xs">{part.slice(1, -1)}</code>;
  return (
    <Link to="/runs/$run" params={{ run: part }} className="font-mono text-xs text-accent hover:underline">
      {shortId(part)}
    </Link>
  );
}

function withPools(text: string, pools: readonly string[]): ReactNode {
  const pool = pools.find((name) => text.includes(name));
  if (pool === undefined) return text;
  const at = text.indexOf(pool);
  return (
    <>
      {text.slice(0, at)}
      <Link to="/manage/pools" className="text-accent hover:underline">
        {pool}
      </Link>
      {text.slice(at + pool.length)}
    </>
  );
}
