import type { Executor } from "@millrace/core";

/** Of a server that runs nothing itself: it leads, and workers elsewhere do the work. */
export const NO_EXECUTOR: Executor = {
  capacity: 0,
  resources: { cpuMillis: 0, memoryBytes: 0 },
  start: async () => undefined,
  stop: async () => undefined,
  startAttempt: ({ label }) => {
    throw new Error(`${label} was given to a server that runs nothing`);
  },
  cancelAttempt: () => undefined,
  acknowledge: () => undefined,
  alive: () => [],
};
