import { type AlertChannel as Channel, type ConfigText, MillraceError } from "@millrace/core";
import { isSecret, type MaybeSecret } from "../kinds/secret.ts";
import { readFields } from "../task/read-fields.ts";
import { invalid, readCount, readText } from "../task/read-option.ts";

/** Marks a channel, across copies of this package. */
const CHANNEL = Symbol.for("millrace.alert-channel");

/** Where alerts go, as `slackAlert`, `emailAlert` or `webhookAlert` made it. */
export interface AlertChannel {
  readonly [CHANNEL]: Channel;
}

/** What any channel over the web may say. */
export interface WebAlertOptions {
  /** Where it is sent; such an address is often a secret: `secret("slack-url")`, `env("SLACK_URL")`. */
  readonly url: MaybeSecret;
  /** Its name within the rule, for the log. Defaults to its kind, else `slack-2`, … */
  readonly name?: string;
  /**
   * Whether it may lead to this machine or its network. Set it for a receiver of your own; else an address that was changed
   * by somebody could reach what only insiders can. Defaults to false.
   */
  readonly privateNetwork?: boolean;
}

export interface WebhookAlertOptions extends WebAlertOptions {
  /** With which the message is signed, as Standard Webhooks says: `whsec_` and base 64. Defaults to none: it is not signed. */
  readonly secret?: MaybeSecret;
}

export interface EmailAlertOptions {
  /** Who it is from: `"millrace@example.org"`, `"Millrace <millrace@example.org>"`. */
  readonly from: string;
  /** Who gets it. */
  readonly to: string | readonly string[];
  readonly smtp: SmtpOptions;
  /** Its name within the rule, for the log. Defaults to `email`, else `email-2`, … */
  readonly name?: string;
}

/** The mail server that takes the messages. */
export interface SmtpOptions {
  readonly host: string;
  /** Defaults to 465 with implicit TLS, and to 587 else. */
  readonly port?: number;
  /**
   * `"implicit"`: TLS from the beginning. `"required"`: TLS by STARTTLS, or nothing is sent. `"none"`: for a server on this
   * machine; passwords and messages can be read on their way. Defaults to `"required"`.
   */
  readonly tls?: "implicit" | "required" | "none";
  /** Defaults to none: without logging in. */
  readonly user?: MaybeSecret;
  /** Given together with `user`. Defaults to none. */
  readonly password?: MaybeSecret;
}

/** Says alerts in Slack, or in anything that takes Slack's incoming webhooks (Mattermost, Rocket.Chat, Discord with `/slack`). */
export function slackAlert(options: WebAlertOptions): AlertChannel {
  const what = "slackAlert";
  const fields = readFields(options, what, ["url", "name", "privateNetwork"]);
  return channel({ kind: "slack", ...readWeb(fields, what) });
}

/**
 * Sends alerts as JSON to an address, as Standard Webhooks says: `type`, `timestamp` and `data`, with the headers
 * `webhook-id`, `webhook-timestamp` and `webhook-signature`.
 */
export function webhookAlert(options: WebhookAlertOptions): AlertChannel {
  const what = "webhookAlert";
  const { secret, ...fields } = readFields(options, what, ["url", "name", "privateNetwork", "secret"]);
  const signing = secret === undefined ? null : readConfigText(secret, `secret of ${what}`);
  return channel({ kind: "webhook", ...readWeb(fields, what), secret: signing });
}

/** Sends alerts by e-mail. */
export function emailAlert(options: EmailAlertOptions): AlertChannel {
  const what = "emailAlert";
  const { from, to, smtp, name } = readFields(options, what, ["from", "to", "smtp", "name"]);
  const all = [to].flat();
  if (all.length === 0 || !all.every(isAddress)) throw invalid(`"to" of ${what}`, "an address, or a list of them", to);
  if (!isAddress(from)) throw invalid(`"from" of ${what}`, 'an address such as "millrace@example.org"', from);
  return channel({ kind: "email", name: readName(name, what) ?? "email", from, to: all, smtp: readSmtp(smtp) });
}

/** What a channel is as plain data; undefined for anything else. */
export function channelOf(value: unknown): Channel | undefined {
  const isChannel = typeof value === "object" && value !== null && CHANNEL in value;
  return isChannel ? (value as AlertChannel)[CHANNEL] : undefined;
}

function channel(plain: Channel): AlertChannel {
  return Object.freeze({ [CHANNEL]: Object.freeze(plain) });
}

function readWeb({ url, name, privateNetwork = false }: Readonly<Record<string, unknown>>, what: string) {
  if (typeof privateNetwork !== "boolean")
    throw invalid(`"privateNetwork" of ${what}`, "true or false", privateNetwork);
  if (typeof url === "string" && !isWebAddress(url)) throw invalid(`"url" of ${what}`, "an address of the web", url);
  const kind = what === "slackAlert" ? "slack" : "webhook";
  return { name: readName(name, what) ?? kind, url: readConfigText(url, `url of ${what}`), privateNetwork };
}

function readSmtp(given: unknown): (Channel & { readonly kind: "email" })["smtp"] {
  const what = '"smtp" of emailAlert';
  const fields = readFields(given, what, ["host", "port", "tls", "user", "password"]);
  const { host, tls = "required", user, password } = fields;
  if (tls !== "implicit" && tls !== "required" && tls !== "none") {
    throw invalid(`"tls" in ${what}`, '"implicit", "required" or "none"', tls);
  }
  if ((user === undefined) !== (password === undefined)) {
    throw new MillraceError("INVALID_OPTION", `${what} has only one of user and password`, {
      hint: "Give both, or none for a server that asks for none.",
    });
  }
  return {
    host: readText(host, `"host" in ${what}`),
    port:
      fields["port"] === undefined ? (tls === "implicit" ? 465 : 587) : readCount(fields["port"], `"port" in ${what}`),
    tls,
    login:
      user === undefined
        ? null
        : { user: readConfigText(user, `user in ${what}`), password: readConfigText(password, `password in ${what}`) },
  };
}

function readConfigText(value: unknown, what: string): ConfigText {
  if (typeof value === "string" && value !== "") return { kind: "plain", text: value };
  if (!isSecret(value)) throw invalid(what, 'a text, env("A_VARIABLE") or secret("a-name")', value);
  if ("name" in value) return { kind: "stored", name: value.name };
  return { kind: "env", variable: value.variable, fallback: value.fallback };
}

const NAME = /^[A-Za-z0-9_-]{1,64}$/;

function readName(name: unknown, what: string): string | undefined {
  if (name === undefined || (typeof name === "string" && NAME.test(name))) return name;
  throw invalid(`"name" of ${what}`, 'made of letters, digits, "_" and "-"', name);
}

function isWebAddress(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

/** Whoever takes the message knows more of addresses than this; line breaks would be headers. */
function isAddress(value: unknown): value is string {
  return typeof value === "string" && /^[^\r\n]*[^\s@]@[^\s@]+[^\r\n]*$/.test(value);
}
