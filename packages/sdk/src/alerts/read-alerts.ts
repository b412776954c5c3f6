import {
  ALERT_KINDS,
  type AlertKind,
  type AlertRule,
  type AlertChannel as Channel,
  checkFlowPattern,
  type Duration,
  MillraceError,
  parseDuration,
} from "@millrace/core";
import { readFields } from "../task/read-fields.ts";
import { invalid, readText } from "../task/read-option.ts";
import { type AlertChannel, channelOf } from "./alert-channels.ts";

/** Who is told of what. */
export interface AlertOptions {
  /** Unique in the project; the log and `millrace alert test` name it. */
  readonly name: string;
  /** Where it is told: `slackAlert(…)`, `emailAlert(…)`, `webhookAlert(…)`; one or several. */
  readonly to: AlertChannel | readonly AlertChannel[];
  /**
   * What is told of: `"run.failed"`, `"run.recovered"`, `"run.late"`, `"run.stuck"`, `"backfill.done"`,
   * `"schedule.paused"`, `"sensor.failing"`. Defaults to all of them.
   */
  readonly on?: AlertKind | readonly AlertKind[];
  /** Patterns of flow names: `"orders-*"`. Defaults to all flows. */
  readonly flows?: string | readonly string[];
  /** Only flows of these owners. Defaults to any. */
  readonly owner?: string | readonly string[];
  /** Only flows with one of these tags. Defaults to any. */
  readonly tags?: string | readonly string[];
  /** How several alerts become one message. Defaults to those that come within 10 s of each other, for a minute at most. */
  readonly group?: AlertGroupOptions;
  /**
   * How often a flow is told of that goes on failing; its runs in between are only counted. That it recovered is told in any
   * case. Defaults to each of its runs.
   */
  readonly repeat?: Duration;
}

export interface AlertGroupOptions {
  /** A message waits so long for others like it; 0 sends each at once. Defaults to `"10s"`. */
  readonly quiet?: Duration;
  /** It never waits longer than this. Defaults to `"1m"`. */
  readonly within?: Duration;
}

const KNOWN = ["name", "to", "on", "flows", "owner", "tags", "group", "repeat"];
const DEFAULT_QUIET = "10s";
const DEFAULT_WITHIN = "1m";
const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** Reads the option `alerts` of the config. */
export function readAlerts(alerts: unknown): readonly AlertRule[] {
  if (!Array.isArray(alerts)) throw invalid('option "alerts" of the config', "a list of rules", alerts);
  const rules = (alerts as readonly unknown[]).map(readRule);
  const twice = rules.find(({ name }, index) => rules.findIndex((each) => each.name === name) < index);
  if (twice === undefined) return Object.freeze(rules);
  throw new MillraceError("INVALID_OPTION", `Two alert rules of the config are called "${twice.name}"`, {
    hint: "Give one of them another name.",
  });
}

function readRule(given: unknown, index: number): AlertRule {
  const {
    name,
    to,
    on,
    flows,
    owner,
    tags,
    group,
    repeat = 0,
  } = readFields(given, `alert rule ${index + 1} of the config`, KNOWN);
  if (typeof name !== "string" || !NAME.test(name)) {
    throw invalid(`"name" of alert rule ${index + 1}`, 'made of letters, digits, "_" and "-"', name);
  }
  const what = `alert rule "${name}"`;
  return Object.freeze({
    name,
    on: on === undefined ? ALERT_KINDS : readList(on, `"on" of ${what}`).map((kind) => readKind(kind, what)),
    flows: flows === undefined ? ["*"] : readList(flows, `"flows" of ${what}`).map(checkFlowPattern),
    owners: owner === undefined ? null : readList(owner, `"owner" of ${what}`),
    tags: tags === undefined ? null : readList(tags, `"tags" of ${what}`),
    ...readGroup(group ?? {}, what),
    repeatMs: parseDuration(repeat as Duration, `"repeat" of ${what}`),
    channels: readChannels(to, what),
  });
}

function readList(value: unknown, what: string): readonly string[] {
  const list = [value].flat() as readonly unknown[];
  if (list.length === 0) throw invalid(what, "a text, or a list of at least one", "an empty list");
  return list.map((each) => readText(each, what));
}

function readKind(kind: string, what: string): AlertKind {
  const known = ALERT_KINDS.find((each) => each === kind);
  if (known !== undefined) return known;
  throw invalid(`"on" of ${what}`, ALERT_KINDS.map((each) => `"${each}"`).join(", "), kind);
}

function readGroup(group: unknown, owner: string): Pick<AlertRule, "quietMs" | "withinMs"> {
  const what = `"group" of ${owner}`;
  const { quiet = DEFAULT_QUIET, within = DEFAULT_WITHIN } = readFields(group, what, ["quiet", "within"]);
  return {
    quietMs: parseDuration(quiet as Duration, `"quiet" in ${what}`),
    withinMs: parseDuration(within as Duration, `"within" in ${what}`),
  };
}

/** Those that are called like one before them get a number. */
function readChannels(to: unknown, what: string): readonly Channel[] {
  const given = ([to].flat() as readonly unknown[]).map((each) => {
    const channel = channelOf(each);
    if (channel !== undefined) return channel;
    throw invalid(`"to" of ${what}`, "what slackAlert, emailAlert or webhookAlert gave, or a list of it", each);
  });
  if (given.length === 0) throw invalid(`"to" of ${what}`, "at least one channel", "an empty list");
  return given.map((channel, index) => {
    const before = given.slice(0, index).filter(({ name }) => name === channel.name).length;
    return before === 0 ? channel : { ...channel, name: `${channel.name}-${before + 1}` };
  });
}
