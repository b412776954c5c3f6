import {
  type AlertChannel,
  type AlertMessage,
  alertLine,
  isTrouble,
  leftOutText,
  type SendOutcome,
} from "@millrace/core";
import type { ChannelCall } from "./channel-call.ts";
import { postJson } from "./post-json.ts";

/** Says a message in Slack, or in what takes the same. */
export async function sendSlack(
  { url, privateNetwork }: AlertChannel & { readonly kind: "slack" },
  message: AlertMessage,
  { read }: ChannelCall,
): Promise<SendOutcome> {
  const body = JSON.stringify({ text: slackText(message) });
  return await postJson({ url: await read(url, "url"), privateNetwork, headers: {}, body });
}

/** A title, one line for each alert where there are several, and where more is to be seen. */
export function slackText(message: AlertMessage): string {
  const { kind, title, url, count, lines } = message;
  const sign = isTrouble(kind) ? ":red_circle:" : ":large_green_circle:";
  const named = lines.map((line) => `• ${linked(alertLine(line), line.url)}`);
  const more = leftOutText(message);
  return [`${sign} *${linked(title, url)}*`, ...(count > 1 ? named : []), ...(more === "" ? [] : [more])].join("\n");
}

function linked(text: string, url: string | null): string {
  return url === null ? escaped(text) : `<${url}|${escaped(text).replaceAll("|", "¦")}>`;
}

/** The three characters that mean something to Slack everywhere; with them nobody is called by what a task's error says. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
