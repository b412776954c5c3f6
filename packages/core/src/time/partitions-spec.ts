/** How a flow's data is cut, as plain data. Keys are computed from it and never stored, but for dynamic ones. */
export type PartitionsSpec = TimePartitionsSpec | StaticPartitionsSpec | DynamicPartitionsSpec | ProductPartitionsSpec;

/** Slices of time. A key exists once its window has ended; `endOffset` adds or removes keys at that end. */
export interface TimePartitionsSpec {
  readonly kind: "time";
  readonly every: TimePartitionStep;
  /** IANA name of the zone in which keys and starts are read. */
  readonly timeZone: string;
  /** Wall-clock time in that zone of the earliest window's start at the earliest, `2021-01-01T00:00:00`. */
  readonly start: string;
  /** No window ends after this wall-clock time. Null: no end. */
  readonly end: string | null;
  readonly endOffset: number;
  /** How keys are written; see the table in the guide. Null: as the step has it by default. */
  readonly format: string | null;
}

export type TimePartitionStep =
  | { readonly kind: "hourly"; readonly minuteOffset: number }
  | { readonly kind: "daily"; readonly hourOffset: number; readonly minuteOffset: number }
  | {
      readonly kind: "weekly";
      /** 1 for Monday to 7 for Sunday. */
      readonly weekStart: number;
      readonly hourOffset: number;
      readonly minuteOffset: number;
    }
  | {
      readonly kind: "monthly";
      /** Day of the month on which a window starts, 1 to 28. */
      readonly day: number;
      readonly hourOffset: number;
      readonly minuteOffset: number;
    }
  | { readonly kind: "cron"; readonly expression: string };

/** A fixed list of keys, in its order. */
export interface StaticPartitionsSpec {
  readonly kind: "static";
  readonly keys: readonly string[];
}

/** Keys that are added and removed while the project runs, kept in the store under this name, in the order added. */
export interface DynamicPartitionsSpec {
  readonly kind: "dynamic";
  readonly name: string;
}

/** Every combination of the keys of its dimensions. The last dimension changes fastest. */
export interface ProductPartitionsSpec {
  readonly kind: "product";
  /** In the order of the definition. A key is the dimensions' keys, each escaped, joined by `|`. */
  readonly dimensions: readonly {
    readonly name: string;
    readonly partitions: TimePartitionsSpec | StaticPartitionsSpec | DynamicPartitionsSpec;
  }[];
}

/** What a run covers of a partitioned flow. A range has both its ends, in the order of the definition. */
export type RunSlice =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "keys"; readonly keys: readonly string[] }
  | { readonly kind: "range"; readonly from: string; readonly to: string };
