import { type AlertChannel, type AlertMessage, alertLine, leftOutText, type SendOutcome } from "@millrace/core";
import { type ChannelCall, failureOf, SEND_MS, shortText } from "./channel-call.ts";

type EmailChannel = AlertChannel & { readonly kind: "email" };

/** Sends a message to people's mail boxes. Never rejects for what the mail server says. */
export async function sendEmail(
  { from, to, smtp }: EmailChannel,
  message: AlertMessage,
  { id, read }: ChannelCall,
): Promise<SendOutcome> {
  const auth =
    smtp.login === null
      ? {}
      : { auth: { user: await read(smtp.login.user, "user"), pass: await read(smtp.login.password, "password") } };
  // Loaded when it is needed: few servers send mail, and none does so at its start.
  const { createTransport } = await import("nodemailer");
  const transport = createTransport({
    host: smtp.host,
    port: smtp.port,
    secure: smtp.tls === "implicit",
    requireTLS: smtp.tls === "required",
    ignoreTLS: smtp.tls === "none",
    connectionTimeout: SEND_MS,
    greetingTimeout: SEND_MS,
    socketTimeout: SEND_MS,
    // A message is text of ours alone: nothing is read from files or fetched for it.
    disableFileAccess: true,
    disableUrlAccess: true,
    ...auth,
  });
  try {
    const sent = await transport.sendMail({
      from,
      to: [...to],
      subject: oneLine(message.title),
      text: emailText(message),
      // Each try has the same, so that a mail box that has it already may drop it.
      messageId: `<${id}@millrace>`,
      date: new Date(message.atMs),
    });
    return { kind: "sent", text: shortText(sent.response) };
  } catch (error) {
    return failureOf(error);
  } finally {
    transport.close();
  }
}

/** What the mail says. */
export function emailText(message: AlertMessage): string {
  const { title, count, lines, url, rule } = message;
  const named = lines.map((line) =>
    [`- ${alertLine(line)}`, ...(line.url === null ? [] : [`  ${line.url}`])].join("\n"),
  );
  const more = leftOutText(message);
  const parts = [
    title,
    ...(count > 1 ? [named.join("\n")] : []),
    ...(more === "" ? [] : [more]),
    ...(url === null ? [] : [url]),
    `-- \nSent by the alert rule ${rule} of Millrace`,
  ];
  return `${parts.join("\n\n")}\n`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
