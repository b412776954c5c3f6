import type {
  AlertRule,
  EncodedText,
  ErrorInfo,
  FlowSpec,
  Issue,
  PoolConfig,
  RetentionPolicy,
  SensorEvent,
  VaultKind,
} from "@millrace/core";

/** What the definition host is asked. Texts of values travel as payloads. */
export type ToHost =
  /** Imports modules of a version, one after the other, and says what flows each holds. */
  | { readonly kind: "load"; readonly id: number; readonly entries: readonly string[] }
  /** Imports the configuration and says what of it is plain data. */
  | { readonly kind: "config"; readonly id: number; readonly entry: string }
  /** Where the version's folder is, or is from now on; what is loaded stays loaded. */
  | { readonly kind: "moved"; readonly folder: string }
  /** The payload is the text of the parameters. */
  | { readonly kind: "params"; readonly id: number; readonly entry: string; readonly flow: string }
  /** The payload is the text of the assembled input. */
  | {
      readonly kind: "cache_key";
      readonly id: number;
      readonly entry: string;
      readonly flow: string;
      readonly node: number;
    }
  /** The payload is the text of the list of the events' payloads. */
  | {
      readonly kind: "event_params";
      readonly id: number;
      readonly entry: string;
      readonly flow: string;
      readonly trigger: string;
    }
  /** Asks a custom schedule for its first tick after an instant. */
  | {
      readonly kind: "next_tick";
      readonly id: number;
      readonly entry: string;
      readonly flow: string;
      readonly schedule: string;
      readonly afterMs: number;
    }
  /** Polls a sensor. The payload is the text of its cursor. */
  | {
      readonly kind: "poll";
      readonly id: number;
      readonly entry: string;
      readonly flow: string;
      readonly trigger: string;
      readonly lastPollMs: number | null;
      /** The module of the project's configuration, as flows' modules are named, where it has one. */
      readonly configEntry: string | null;
    }
  /** To an `ask`, at once, while what asked goes on. The payload is the value, unless there is an error. */
  | { readonly kind: "answer"; readonly ask: number; readonly error: ErrorInfo | null };

/** What the definition host says. */
export type FromHost =
  /** Before each module, so that whoever waits knows which one never comes back. */
  | { readonly kind: "loading"; readonly id: number; readonly entry: string }
  | { readonly kind: "loaded"; readonly id: number; readonly entry: string; readonly module: LoadedModule }
  | { readonly kind: "done"; readonly id: number }
  | { readonly kind: "config"; readonly id: number; readonly outcome: ConfigOutcome }
  /** The payload is the text of the completed parameters. */
  | {
      readonly kind: "params";
      readonly id: number;
      readonly concurrencyKey: string | null;
      readonly taskKeys?: readonly string[];
    }
  | { readonly kind: "invalid_params"; readonly id: number; readonly issues: readonly Issue[] }
  /** The payload is the text of the parameters. */
  | { readonly kind: "event_params"; readonly id: number }
  /** While a sensor is polled, for the value of a secret or variable. */
  | {
      readonly kind: "ask";
      readonly id: number;
      readonly ask: number;
      readonly what: VaultKind;
      readonly name: string;
    }
  /** While a sensor is polled, what it prints and logs, as it comes. */
  | { readonly kind: "log"; readonly id: number; readonly text: string }
  | {
      readonly kind: "polled";
      readonly id: number;
      readonly events: readonly SensorEvent[];
      readonly skipReason: string | null;
      readonly cursor: EncodedText | null;
    }
  | { readonly kind: "cache_key"; readonly id: number; readonly key: string }
  | { readonly kind: "next_tick"; readonly id: number; readonly tickMs: number | null }
  /** A function of the author threw. */
  | { readonly kind: "threw"; readonly id: number; readonly error: ErrorInfo };

/** A module after it was imported. */
export type LoadedModule =
  | { readonly kind: "flows"; readonly flows: readonly LoadedFlow[] }
  | { readonly kind: "threw"; readonly error: ThrownInfo }
  /** It did not come back in time; the place is where it stood, if anywhere. */
  | { readonly kind: "timed_out"; readonly afterMs: number; readonly place: ThrownPlace | null }
  /** Its process ended while it was imported. */
  | { readonly kind: "died"; readonly how: string };

/** What came of the configuration. */
export type ConfigOutcome =
  | { readonly kind: "config"; readonly config: HostConfig }
  | Exclude<LoadedModule, { readonly kind: "flows" }>;

export interface LoadedFlow {
  readonly spec: FlowSpec;
  /** Equal for one flow that several modules export. */
  readonly identity: number;
}

/** An error with the place in the author's sources it came from. */
export interface ThrownInfo extends ErrorInfo {
  readonly place: ThrownPlace | null;
}

export interface ThrownPlace {
  /** Absolute. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
  /** The whole source, when it was found in the bundle's source map. */
  readonly source: string | null;
}

/** The configuration, as far as it is plain data. */
export interface HostConfig {
  readonly flows: readonly string[];
  readonly connections: Readonly<
    Record<string, { readonly kind: string; readonly slots: number | null; readonly secrets?: readonly string[] }>
  >;
  readonly pools: Readonly<Record<string, number | PoolConfig>>;
  readonly workers: number | null;
  readonly resources: { readonly cpuMillis: number | null; readonly memoryBytes: number | null };
  readonly retention: RetentionPolicy;
  readonly alerts: readonly AlertRule[];
  readonly publicUrl: string | null;
  readonly server: { readonly host: string | null; readonly port: number | null; readonly drainMs: number | null };
}
