import type { Folders } from "./folders.ts";
import type { Stage } from "./stage.ts";

export const WORKS = ["chain", "fib", "fan"] as const;
export type WorkName = (typeof WORKS)[number];

/** The same work for everybody. */
export interface Work {
  readonly title: string;
  /** Tasks that note in the journal that they ran. */
  readonly tasks: number;
  /** What each of them gives, in ascending order. */
  readonly values: readonly number[];
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, at) => at + 1);

export const WORK: Readonly<Record<WorkName, Work>> = {
  chain: { title: "40 small tasks in a row", tasks: 40, values: upTo(40) },
  fib: { title: "10 × fib(33) in a row", tasks: 10, values: upTo(10) },
  fan: { title: "a list, then 200 small tasks at once", tasks: 201, values: [0, ...upTo(200)] },
};

export type Language = "Python" | "TypeScript";

/** What a user would pick, set up on one machine as its own documentation says. */
export interface Peer {
  readonly id: string;
  readonly title: string;
  /** The language of the tasks: figures are compared within one. */
  readonly language: Language;
  /** Millrace's own rows, which the others are compared with. */
  readonly ours?: boolean;
  /** Where a task's code runs. */
  readonly tasksRunIn: string;
  /** Whether what a task gave is safe before the next one starts, and where. */
  readonly durable: string;
  /** How it is set up, and what differs from its defaults. */
  readonly settings: readonly string[];
  /** Brings it into its folder; what is there already stays. */
  install(folders: Folders): Promise<void>;
  /** The versions of all that takes part, as its own files tell them. */
  versions(folders: Folders): Promise<readonly string[]>;
  /** Starts all that belongs to it, and resolves when a run can be asked for. */
  start(stage: Stage): Promise<Running>;
}

/** A peer at work. */
export interface Running {
  /** Asks for a run, by a request as from outside, and gives what the peer calls that run. */
  begin(work: WorkName, key: string): Promise<string>;
  /** Whether the peer has recorded that the run ended well. Throws when it ended in another way. */
  hasSucceeded(run: string): Promise<boolean>;
}
