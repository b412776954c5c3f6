import {
  type AlertChannel,
  type AlertMessage,
  type ConfigText,
  MillraceError,
  type SendOutcome,
  type VaultKind,
} from "@millrace/core";
import { type ChannelCall, failureOf } from "./channel-call.ts";
import { sendEmail } from "./send-email.ts";
import { sendSlack } from "./send-slack.ts";
import { sendWebhook } from "./send-webhook.ts";

export interface SenderParts {
  readonly readVault: (kind: VaultKind, name: string) => Promise<string>;
  readonly env: NodeJS.ProcessEnv;
}

/** Shorter texts would mask ordinary words, and protect nothing. */
const SHORTEST_MASKED = 4;

/** Sends a message through a channel, once. What came of it holds no address or secret of the configuration. Never rejects. */
export async function sendAlert(
  channel: AlertChannel,
  message: AlertMessage,
  { id, nowMs, parts }: Pick<ChannelCall, "id" | "nowMs"> & { readonly parts: SenderParts },
): Promise<SendOutcome> {
  const secrets: string[] = [];
  const read = async (text: ConfigText, what: string): Promise<string> => {
    const value = await readText(text, `${what} of the alert channel ${channel.name}`, parts);
    secrets.push(value, ...pathOf(value));
    return value;
  };
  let outcome: SendOutcome;
  try {
    outcome = await sendThrough(channel, message, { id, nowMs, read });
  } catch (error) {
    outcome = failureOf(error);
  }
  return { ...outcome, text: masked(outcome.text, secrets) };
}

function sendThrough(channel: AlertChannel, message: AlertMessage, call: ChannelCall): Promise<SendOutcome> {
  switch (channel.kind) {
    case "webhook":
      return sendWebhook(channel, message, call);
    case "slack":
      return sendSlack(channel, message, call);
    case "email":
      return sendEmail(channel, message, call);
  }
}

async function readText(text: ConfigText, what: string, { readVault, env }: SenderParts): Promise<string> {
  switch (text.kind) {
    case "plain":
      return text.text;
    case "stored":
      return (await readVault("secret", text.name)).trim();
    case "env": {
      const value = env[text.variable] ?? text.fallback;
      if (value !== null) return value.trim();
      throw new MillraceError("MISSING_SECRET", `The ${what} is in ${text.variable}, which is not set.`, {
        hint: `Set the environment variable ${text.variable} where the server starts.`,
      });
    }
  }
}

/** Of an address the path is what is secret, and receivers repeat it. */
function pathOf(value: string): readonly string[] {
  if (!URL.canParse(value)) return [];
  const { pathname, search } = new URL(value);
  return [pathname + search, pathname];
}

function masked(text: string, secrets: readonly string[]): string {
  const known = secrets
    .filter(({ length }) => length >= SHORTEST_MASKED)
    .sort((one, other) => other.length - one.length);
  return known.reduce((left, secret) => left.replaceAll(secret, "***"), text);
}
