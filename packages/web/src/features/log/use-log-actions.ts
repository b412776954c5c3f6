import type { Action } from "../../actions/registry.ts";
import type { LinesHandle } from "./log-lines.tsx";
import type { ChangeLog, LogSearch } from "./log-search-params.ts";

interface Parts {
  readonly of: { readonly run: string; readonly attempt: number };
  readonly search: LogSearch;
  readonly lines: { readonly current: LinesHandle | null };
  readonly field: { readonly current: HTMLInputElement | null };
  readonly go: (isBack: boolean, what: "error" | "text") => void;
  readonly onChange: ChangeLog;
}

type Name = "search" | "nextError" | "previousError" | "top" | "end" | "wrap" | "times" | "link" | "download";

/** What can be done with a log. `g` begins the ways to other pages, so the top is `g g`. */
export function useLogActions({ of, search, lines, field, go, onChange }: Parts): Readonly<Record<Name, Action>> {
  const { run, attempt } = of;
  return {
    search: { id: "log.search", title: "Search the log", icon: "search", keys: "/", run: () => field.current?.focus() },
    top: {
      id: "log.top",
      title: "Go to the top of the log",
      icon: "down",
      keys: "g g",
      run: () => lines.current?.toTop(),
    },
    end: {
      id: "log.end",
      title: "Go to the end of the log",
      icon: "down",
      keys: "G",
      run: () => lines.current?.toEnd(),
    },
    nextError: {
      id: "log.next-error",
      title: "Next error of the log",
      icon: "errorDown",
      keys: "n",
      run: () => go(false, "error"),
    },
    previousError: {
      id: "log.previous-error",
      title: "Previous error of the log",
      icon: "errorUp",
      keys: "N",
      run: () => go(true, "error"),
    },
    wrap: {
      id: "log.wrap",
      title: search.wrap === true ? "Leave long lines as they are" : "Wrap long lines",
      icon: "wrap",
      keys: "w",
      run: () => onChange({ wrap: search.wrap === true ? undefined : true }),
    },
    times: {
      id: "log.times",
      title: search.times === "start" ? "Show the time of day" : "Show times since the start",
      icon: "clock",
      keys: "t",
      run: () => onChange({ times: search.times === "start" ? undefined : "start" }),
    },
    link: {
      id: "log.link",
      title: "Copy a link to what is shown",
      icon: "link",
      keys: "y",
      run: () => void navigator.clipboard?.writeText(location.href).catch(() => undefined),
    },
    download: {
      id: "log.download",
      title: "Download the whole log",
      icon: "download",
      run: () => location.assign(`/api/v1/runs/${encodeURIComponent(run)}/attempts/${attempt}/log/download`),
    },
  };
}
