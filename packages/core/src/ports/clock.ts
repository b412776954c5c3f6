/** Time, handed in. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once at or after the instant. Returns what cancels it. */
  at(instantMs: number, callback: () => void): () => void;
}
