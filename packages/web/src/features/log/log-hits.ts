import { useEffect, useMemo, useRef } from "react";
import { server } from "../../api/server.ts";
import type { LogLevel } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import type { LogSearch } from "./log-search-params.ts";

/** Hits that are known at once; from the last of them on the next one is asked for. */
const MOST_HITS = 1_000;

interface OfLog {
  readonly run: string;
  readonly attempt: number;
}

export interface Hits {
  readonly numbers: readonly number[];
  readonly isSearching: boolean;
  /** What was searched for may be there all the same. */
  readonly isFailed: boolean;
  /** These are all that there are. */
  readonly isComplete: boolean;
}

/** The lines that hold what is searched for, among those that are shown. Once a log is written to its end, asked for again. */
export function useHits({ run, attempt }: OfLog, { q, level }: LogSearch, isTailing: boolean): Hits {
  const query = { text: q ?? "", limit: MOST_HITS, clip: 1, ...(level === undefined ? {} : { level }) };
  const answer = useApi("searchLog", { params: { run, attempt }, query }, { enabled: q !== undefined });
  const found = q === undefined ? undefined : answer.data?.items;
  const isSearching = q !== undefined && answer.isFetching;
  const isFailed = q !== undefined && answer.isError && found === undefined;
  const { refetch } = answer;
  const wasTailing = useRef(isTailing);
  useEffect(() => {
    if (wasTailing.current && !isTailing && q !== undefined) void refetch();
    wasTailing.current = isTailing;
  }, [isTailing, q, refetch]);
  return useMemo(() => {
    const numbers = found?.map(({ number }) => number) ?? [];
    const isComplete = !isSearching && !isFailed && !isTailing && numbers.length < MOST_HITS;
    return { numbers, isSearching, isFailed, isComplete };
  }, [found, isSearching, isFailed, isTailing]);
}

export function hitText({ numbers, isSearching, isFailed }: Hits, line: number | undefined): string {
  if (isFailed) return "the search failed";
  if (numbers.length === 0) return isSearching ? "searching" : "not found";
  const here = numbers.indexOf(line ?? -1);
  const all = numbers.length === MOST_HITS ? `${MOST_HITS.toLocaleString("en")}+` : String(numbers.length);
  return here < 0 ? `${all} found` : `${here + 1} of ${all}`;
}

interface Wanted {
  readonly text?: string | undefined;
  readonly level?: LogLevel | undefined;
  /** From which line on; it is not the answer itself. */
  readonly from: number | undefined;
  readonly isBack: boolean;
}

/** The next line that is wanted, or the one before; from the other end on where there is none. */
export async function findLine(of: OfLog, { text, level, from, isBack }: Wanted): Promise<number | undefined> {
  const ask = async (start: number | undefined): Promise<number | undefined> => {
    const query = {
      direction: isBack ? ("backward" as const) : ("forward" as const),
      limit: 1,
      clip: 1,
      ...(text === undefined ? {} : { text }),
      ...(level === undefined ? {} : { level }),
      ...(start === undefined ? {} : { from: start }),
    };
    return (await server.call("searchLog", { params: { ...of }, query })).items[0]?.number;
  };
  const next = from === undefined ? undefined : from + (isBack ? -1 : 1);
  const isInside = next === undefined || next >= 0;
  return (isInside ? await ask(next) : undefined) ?? (from === undefined ? undefined : await ask(undefined));
}
