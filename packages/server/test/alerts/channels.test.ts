import type { AlertChannel, AlertDelivery, AlertMessage, ConfigText } from "@millrace/core";
import { afterAll, describe, expect, test } from "vitest";
import { AlertSender } from "../../src/alerts/alert-sender.ts";
import { settingsOf } from "../../src/alerts/alert-settings.ts";
import { waiting } from "../../src/alerts/alert-watch.ts";
import { emailText } from "../../src/alerts/channels/send-email.ts";
import { slackText } from "../../src/alerts/channels/send-slack.ts";
import { isSignedWith, parseWebhookSecret } from "../../src/hooks/verify-webhook.ts";
import { freePort, mailReceiver, webReceiver } from "./receivers.ts";
import { HOUR, rule, WatchedProject } from "./watched-project.ts";

const line = {
  flow: "orders",
  text: "failed: <!channel> & |more|",
  atMs: 0,
  about: { kind: "run", id: "R1" },
} as const;
const MESSAGE: AlertMessage = {
  rule: "on-call",
  kind: "run.failed",
  atMs: 0,
  title: "12 runs failed in 2 flows",
  count: 12,
  lines: [{ ...line, url: "https://mill.example.org/runs/R1" }],
  url: "https://mill.example.org/",
};
const SECRET = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;

function plain(text: string): ConfigText {
  return { kind: "plain", text };
}

function web(url: string, changed: object = {}): AlertChannel {
  const given = {
    kind: "webhook",
    name: "to",
    url: plain(url),
    privateNetwork: true,
    secret: plain(SECRET),
    ...changed,
  };
  return given as AlertChannel;
}

/** One for all: each message has its own id. */
const opened = WatchedProject.open(afterAll);
let sent = 0;

/** Sends a message through a channel, as a server does; gives what came of it after each of so many rounds. */
async function send(
  channel: AlertChannel,
  { rounds = 1, env = {} }: { rounds?: number; env?: NodeJS.ProcessEnv } = {},
) {
  const project = await opened;
  const errors: unknown[] = [];
  const givenUp: AlertDelivery[] = [];
  const sender = new AlertSender({
    store: project.store,
    clock: project.clock,
    settings: async () => settingsOf({ alerts: [rule({ channels: [channel] })] }, []),
    isLeading: () => true,
    readVault: async (_kind, name) => `value of ${name}`,
    env,
    onGivenUp: (delivery) => givenUp.push(delivery),
    onError: (error) => errors.push(error),
  });
  sent += 1;
  const id = `A${sent}`;
  const made = { id, rule: "on-call", channel: "to", message: MESSAGE, madeAtMs: project.clock.now() };
  let delivery = waiting(made);
  await project.store.alerts.add(delivery);
  for (let round = 0; round < rounds; round += 1) {
    delivery = await sender.send(delivery);
    project.clock.pass(HOUR);
  }
  expect(errors).toEqual([]);
  expect(await project.store.alerts.find(id)).toEqual(delivery);
  const tries = delivery.tries.map(({ text }) => text);
  return { id, state: delivery.state, tries, givenUp: givenUp.length };
}

describe("a webhook", () => {
  test("is signed, as Standard Webhooks says, under one id through all tries", async () => {
    const receiver = await webReceiver([{ status: 503, headers: { "retry-after": "7" }, body: "not\nnow" }]);
    const delivered = await send(web(`${receiver.url}/in`), { rounds: 2 });
    expect(delivered).toMatchObject({ state: "sent", tries: ["503 not now", "200 ok"] });
    for (const { headers, body } of receiver.received) {
      const [id, timestamp, signature] = ["id", "timestamp", "signature"].map((name) =>
        String(headers[`webhook-${name}`]),
      );
      const signed = { id, timestamp, signature } as { id: string; timestamp: string; signature: string };
      expect(isSignedWith(parseWebhookSecret(SECRET) as Buffer, signed, Buffer.from(body))).toBe(true);
      expect(id).toBe(delivered.id);
    }
    expect(JSON.parse(receiver.received[1]?.body ?? "")).toMatchObject({
      type: "run.failed",
      timestamp: "1970-01-01T00:00:00.000Z",
      data: { rule: "on-call", count: 12, alerts: [{ flow: "orders", about: { kind: "run", id: "R1" } }] },
    });
  });

  test("may be unsigned, but not by mistake", async () => {
    const receiver = await webReceiver();
    expect((await send(web(receiver.url, { secret: null }))).state).toBe("sent");
    expect(receiver.received[0]?.headers).not.toHaveProperty("webhook-signature");
    const { state, tries } = await send(web(receiver.url, { secret: plain("nonsense!") }));
    expect([state, tries[0]]).toEqual(["waiting", expect.stringContaining("The secret is none")]);
    expect(receiver.received).toHaveLength(1);
  });

  test("is given up at once when the receiver wants no more, and when its rule or channel is gone", async () => {
    const receiver = await webReceiver([{ status: 410 }]);
    expect(await send(web(receiver.url))).toMatchObject({ state: "failed", givenUp: 1, tries: ["410"] });
    expect(await send(web(receiver.url, { name: "other" }))).toMatchObject({
      state: "failed",
      tries: ["The configuration has the channel to no more."],
    });
  });

  test("goes to no address of this machine or its network unless that is said, and follows nobody", async () => {
    const receiver = await webReceiver([{ status: 307, headers: { location: "/elsewhere" } }]);
    const { tries } = await send(web(receiver.url, { privateNetwork: false }));
    expect(tries[0]).toContain("is no public address");
    expect(receiver.received).toEqual([]);
    expect((await send(web(receiver.url))).tries).toEqual(["307"]);
    expect(receiver.received.map(({ path }) => path)).toEqual(["/"]);
  });

  test("takes its address from the environment or the vault, and never tells it", async () => {
    const receiver = await webReceiver([{ status: 400, body: "no such hook: /services/T0/B0/hush" }]);
    const url: ConfigText = { kind: "env", variable: "SLACK_URL", fallback: null };
    const slack = { kind: "slack", name: "to", url, privateNetwork: true } as const;
    expect((await send(slack)).tries[0]).toContain("SLACK_URL, which is not set");
    const env = { SLACK_URL: `${receiver.url}/services/T0/B0/hush\n` };
    expect((await send(slack, { env })).tries).toEqual(["400 no such hook: ***"]);
    const stored = await send({ ...slack, url: { kind: "stored", name: "the-url" } });
    expect(JSON.stringify(stored)).not.toContain("value of the-url");
    const gone = await send({ ...slack, url: { kind: "plain", text: `http://127.0.0.1:${await freePort()}/hush` } });
    expect(gone).toMatchObject({ state: "waiting", tries: [expect.stringContaining("ECONNREFUSED")] });
  });
});

describe("Slack", () => {
  test("is told in a few lines, and calls nobody by what an error says", () => {
    expect(slackText(MESSAGE).split("\n")).toEqual([
      ":red_circle: *<https://mill.example.org/|12 runs failed in 2 flows>*",
      "• <https://mill.example.org/runs/R1|orders failed: &lt;!channel&gt; &amp; ¦more¦>",
      "and 11 more",
    ]);
    const one = { ...MESSAGE, kind: "run.recovered", count: 1, title: "orders recovered", url: null } as const;
    expect(slackText(one)).toBe(":large_green_circle: *orders recovered*");
  });
});

describe("e-mail", () => {
  function mail(port: number, login = true): AlertChannel {
    const smtp = {
      host: "127.0.0.1",
      port,
      tls: "none" as const,
      login: login ? { user: plain("millrace"), password: plain("hush-hush") } : null,
    };
    return {
      kind: "email",
      name: "to",
      from: "Millrace <m@example.org>",
      to: ["ada@example.org", "g@example.org"],
      smtp,
    };
  }

  test("arrives", async () => {
    const receiver = await mailReceiver();
    const delivered = await send(mail(receiver.port));
    expect(delivered).toMatchObject({ state: "sent", tries: ["250 2.0.0 taken as 42"] });
    expect(receiver.logins).toEqual(["\0millrace\0hush-hush"]);
    const [mailed] = receiver.mails;
    expect([mailed?.from, mailed?.to.length]).toEqual([expect.stringContaining("<m@example.org>"), 2]);
    expect(mailed?.text).toContain("Subject: 12 runs failed in 2 flows");
    expect(mailed?.text).toContain(`Message-ID: <${delivered.id}@millrace>`);
    expect(emailText(MESSAGE)).toContain(
      "- orders failed: <!channel> & |more|\n  https://mill.example.org/runs/R1\n\nand 11 more",
    );
  });

  test("is tried again when the server does not take it, or is not there", async () => {
    const receiver = await mailReceiver({ refuses: "MAIL" });
    expect(await send(mail(receiver.port, false))).toMatchObject({
      state: "waiting",
      tries: [expect.stringContaining("550 5.7.1 not from you")],
    });
    expect((await send(mail(await freePort(), false))).tries[0]).toContain("ECONNREFUSED");
  });

  test("is not sent in the open, unless that is said", async () => {
    const receiver = await mailReceiver();
    const channel = mail(receiver.port) as AlertChannel & { readonly kind: "email" };
    const { tries } = await send({ ...channel, smtp: { ...channel.smtp, tls: "required" } });
    expect(tries).toEqual([expect.stringContaining("502 5.5.1 not here")]);
    expect([receiver.mails, receiver.logins]).toEqual([[], []]);
  });
});
