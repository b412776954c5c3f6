import { matchesFlow } from "../access/flow-pattern.ts";
import type { Alert, AlertKind } from "./alert.ts";

/** Who is told of what: one rule of the configuration, complete and as plain data. */
export interface AlertRule {
  /** Unique in its project. */
  readonly name: string;
  readonly on: readonly AlertKind[];
  /** Patterns of flow names. */
  readonly flows: readonly string[];
  /** Only flows of one of these owners. Null: of anybody. */
  readonly owners: readonly string[] | null;
  /** Only flows that have one of these tags. Null: whatever they have. */
  readonly tags: readonly string[] | null;
  /** What comes within so long after the last is one message with it, but no message waits longer than `withinMs`. */
  readonly quietMs: number;
  readonly withinMs: number;
  /** A flow that goes on failing is told of this seldom. 0: each of its runs is. */
  readonly repeatMs: number;
  /** Their names are unique within the rule. */
  readonly channels: readonly AlertChannel[];
}

/** A text of the configuration, or where it is. */
export type ConfigText =
  | { readonly kind: "plain"; readonly text: string }
  | { readonly kind: "env"; readonly variable: string; readonly fallback: string | null }
  | { readonly kind: "stored"; readonly name: string };

interface WebChannel {
  readonly name: string;
  readonly url: ConfigText;
  /** Whether it may be on this machine or its network. */
  readonly privateNetwork: boolean;
}

export type AlertChannel =
  /** A POST as Standard Webhooks says. */
  | (WebChannel & { readonly kind: "webhook"; readonly secret: ConfigText | null })
  /** An incoming webhook of Slack, or of what takes the same. */
  | (WebChannel & { readonly kind: "slack" })
  | {
      readonly kind: "email";
      readonly name: string;
      readonly from: string;
      readonly to: readonly string[];
      readonly smtp: SmtpServer;
    };

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** `implicit`: TLS from the first byte. `required`: with STARTTLS. `none`: what is sent can be read on its way. */
  readonly tls: "implicit" | "required" | "none";
  readonly login: { readonly user: ConfigText; readonly password: ConfigText } | null;
}

/** Whether a rule speaks of something that happened. */
export function isAbout({ on, flows, owners, tags }: AlertRule, alert: Alert): boolean {
  return (
    on.includes(alert.kind) &&
    flows.some((pattern) => matchesFlow(pattern, alert.flow)) &&
    (owners === null || (alert.owner !== null && owners.includes(alert.owner))) &&
    (tags === null || alert.tags.some((tag) => tags.includes(tag)))
  );
}

/** What a channel needs of stored secrets, by name. */
export function channelSecrets(channel: AlertChannel): readonly string[] {
  return channelTexts(channel).flatMap((text) => (text.kind === "stored" ? [text.name] : []));
}

function channelTexts(channel: AlertChannel): readonly ConfigText[] {
  switch (channel.kind) {
    case "webhook":
      return channel.secret === null ? [channel.url] : [channel.url, channel.secret];
    case "slack":
      return [channel.url];
    case "email":
      return channel.smtp.login === null ? [] : [channel.smtp.login.user, channel.smtp.login.password];
  }
}
