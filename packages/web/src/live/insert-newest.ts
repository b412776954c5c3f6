interface Made {
  readonly createdAt: string;
}

/**
 * Puts a run where it belongs in a list of the newest, the newest first, which keeps its length. One that is older than all
 * that are there has its place behind them, where there is room: it was pushed out, or never was among them.
 */
export function insertNewest<Run extends Made>(runs: Run[], run: Run, most: number): void {
  const place = runs.findIndex(({ createdAt }) => createdAt <= run.createdAt);
  runs.splice(place === -1 ? runs.length : place, 0, run);
  if (runs.length > most) runs.pop();
}
