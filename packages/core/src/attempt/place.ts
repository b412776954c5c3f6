/** Where an attempt runs, or ran: a process that people can look for. */
export interface AttemptPlace {
  /** The name of a worker elsewhere; null of a server or a command, which ran it itself. */
  readonly worker: string | null;
  readonly host: string;
  /** Of the worker or the server, not of the attempt's own process, which is gone when it ends. */
  readonly pid: number;
}

/** `nightly-2 on db3, process 4711`. */
export function placeText({ worker, host, pid }: AttemptPlace): string {
  return `${worker === null ? "" : `${worker} on `}${host}, process ${pid}`;
}
