/** Time, handed in. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once at or after the instant. Returns what cancels it. */
  at(instantMs: number, callback: () => void): () => void;
  /** Calls back once when this much time has passed, whatever the clock is set to meanwhile. Returns what cancels it. */
  after(ms: number, callback: () => void): () => void;
}
