/** What people are told of. */
export const ALERT_KINDS = [
  "run.failed",
  "run.recovered",
  "run.late",
  "run.stuck",
  "backfill.done",
  "schedule.paused",
  "sensor.failing",
] as const;

export type AlertKind = (typeof ALERT_KINDS)[number];

/** One thing that happened and that somebody may want to know. */
export interface Alert {
  readonly kind: AlertKind;
  readonly atMs: number;
  readonly flow: string;
  readonly owner: string | null;
  readonly tags: readonly string[];
  /** What it is about, beside the flow. */
  readonly about: AlertSubject;
  /** One line, without the flow's name: `failed in load: connection refused`. */
  readonly text: string;
}

export type AlertSubject =
  | { readonly kind: "run"; readonly id: string }
  | { readonly kind: "backfill"; readonly id: string }
  /** A schedule or a trigger. */
  | { readonly kind: "trigger"; readonly name: string };

/** What an alert says of the flow that it is about. */
export type AlertFlow = Pick<Alert, "flow" | "owner" | "tags">;

/** The alert as one line: `daily-orders failed in load: connection refused`. */
export function alertLine({ flow, text }: Pick<Alert, "flow" | "text">): string {
  return `${flow} ${text}`;
}
