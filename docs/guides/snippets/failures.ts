import { flow, NonRetryableError, RetryAfterError, task } from "millrace";

// #region retries
export const three = task("three", { retries: 3 }, () => "1 s, 2 s, 4 s, with a jitter of 10 %");

export const patient = task(
  "patient",
  { retries: { limit: 8, delay: "10s", backoff: "exponential", max: "15m", jitter: 0.2 } },
  () => "10 s, 20 s, 40 s … up to 15 minutes, each moved by up to 20 %",
);

export const listed = task("listed", { retries: { delays: ["1s", "1m", "1h"] } }, () => "three retries, as listed");

export const picky = task(
  "picky",
  { retries: { limit: 5, when: (error) => error instanceof Error && error.message.includes("deadlock") } },
  () => "only what is worth it is tried again",
);
// #endregion

// #region errors
export const send = task("send", { retries: 5 }, async ({ url }: { url: string }, { signal }) => {
  const response = await fetch(url, { signal });
  if (response.status === 401) throw new NonRetryableError("the token is wrong, and stays wrong");
  if (response.status === 429) throw new RetryAfterError("too many requests", "30s");
  if (!response.ok) throw new Error(`answered ${response.status}`);
  return await response.text();
});
// #endregion

// #region timeouts
export const bounded = task(
  "bounded",
  { timeout: "5m", totalTimeout: "1h", retries: 10, grace: "30s" },
  async (_: undefined, { signal }) => {
    // Aborted when the attempt times out or is cancelled; what ignores it is killed 30 s later.
    await fetch("https://shop.example/export", { signal });
  },
);
// #endregion

// #region rules
const load = task("load", { retries: 2 }, () => {
  throw new Error("the warehouse is closed");
});
const cleanUp = task("clean-up", () => "whatever happened, the temporary files are gone");
const tellSomebody = task("tell-somebody", () => "told");

export const withRules = flow("with-rules", () => {
  const loaded = load();
  cleanUp.after(loaded).with({ triggerRule: "all_done" })();
  tellSomebody.after(loaded).with({ triggerRule: "one_failed" })();
});
// #endregion

// #region hooks
export const watched = task(
  "watched",
  {
    retries: 2,
    onRetry: ({ error, tries }, { log }) => log.warn(`try ${tries} failed`, { error: error?.message }),
    onFailure: async ({ error, run }, { signal }) => {
      const body = JSON.stringify({ text: `${run.flow} failed: ${error?.message}` });
      await fetch("https://chat.example/hook", { method: "POST", body, signal });
    },
  },
  () => "watched",
);
// #endregion

// #region cache
export const forecast = task(
  "forecast",
  { cache: { expires: "6h" } },
  async ({ city }: { city: string; askedBy: string }) => `the weather of ${city}`,
);

export const cached = flow("cached", () => {
  // Who asks makes no difference, so it is no part of the key.
  return forecast.with({ cache: { key: ({ city }) => city } })({ city: "Bremen", askedBy: "ada" });
});
// #endregion
