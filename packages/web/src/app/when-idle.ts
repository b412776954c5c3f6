/** At the latest after so long, in milliseconds. */
const LATEST_MS = 2_000;

/** Resolves when the browser has nothing else to do: what a page shows comes first. */
export function whenIdle(): Promise<void> {
  return new Promise((resolve) => {
    if ("requestIdleCallback" in globalThis) requestIdleCallback(() => resolve(), { timeout: LATEST_MS });
    else setTimeout(resolve, LATEST_MS);
  });
}
