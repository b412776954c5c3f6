import {
  cron,
  defineConfig,
  definitionOf,
  emailAlert,
  env,
  flow,
  secret,
  slackAlert,
  task,
  webhookAlert,
} from "@millrace/sdk";
import { describe, expect, test } from "vitest";
import { refused } from "./refused.ts";

const slack = slackAlert({ url: secret("slack-url") });
const smtp = { host: "mail.example.org" };

describe("the option alerts of the config", () => {
  test("is complete and plain data", () => {
    const mail = emailAlert({
      from: "millrace@example.org",
      to: ["ada@example.org"],
      smtp: { ...smtp, user: "millrace", password: env("SMTP_PASSWORD") },
    });
    const hook = webhookAlert({ url: "https://hooks.example.org/x", secret: secret("signing"), privateNetwork: true });
    const { alerts, publicUrl } = defineConfig({
      publicUrl: "https://mill.example.org/app/",
      alerts: [
        { name: "all", to: [slack, slack] },
        {
          name: "shop",
          to: [mail, hook],
          on: "run.failed",
          flows: "shop/*",
          owner: ["ada"],
          tags: "web",
          group: { quiet: 0 },
        },
      ],
    });
    expect(publicUrl).toBe("https://mill.example.org/app");
    const url = { kind: "stored", name: "slack-url" };
    expect(JSON.parse(JSON.stringify(alerts))).toMatchObject([
      {
        name: "all",
        on: expect.arrayContaining(["run.failed", "backfill.done"]),
        flows: ["*"],
        owners: null,
        tags: null,
        quietMs: 10_000,
        withinMs: 60_000,
        repeatMs: 0,
        channels: [
          { kind: "slack", name: "slack", url, privateNetwork: false },
          { kind: "slack", name: "slack-2", url },
        ],
      },
      {
        on: ["run.failed"],
        flows: ["shop/*"],
        owners: ["ada"],
        tags: ["web"],
        quietMs: 0,
        channels: [
          {
            kind: "email",
            name: "email",
            to: ["ada@example.org"],
            smtp: {
              port: 587,
              tls: "required",
              login: {
                user: { kind: "plain", text: "millrace" },
                password: { kind: "env", variable: "SMTP_PASSWORD", fallback: null },
              },
            },
          },
          { kind: "webhook", secret: { kind: "stored", name: "signing" }, privateNetwork: true },
        ],
      },
    ]);
  });

  test("takes a mail server as it is", () => {
    const port = (changed: object) => {
      const mail = emailAlert({ from: "a@b", to: "c@d", smtp: { ...smtp, ...changed } });
      return defineConfig({ alerts: [{ name: "a", to: mail }] }).alerts[0]?.channels[0];
    };
    expect(port({})).toMatchObject({ smtp: { port: 587, login: null } });
    expect(port({ tls: "implicit" })).toMatchObject({ smtp: { port: 465 } });
    expect(port({ tls: "none", port: 25 })).toMatchObject({ smtp: { port: 25, tls: "none" } });
  });

  const rule = (changed: object) => () => defineConfig({ alerts: [{ name: "a", to: slack, ...changed }] as never });

  test.each([
    ["no list", () => defineConfig({ alerts: {} as never }), '"alerts" of the config'],
    ["no name", rule({ name: undefined }), '"name" of alert rule 1'],
    [
      "two of one name",
      () =>
        defineConfig({
          alerts: [
            { name: "a", to: slack },
            { name: "a", to: slack },
          ],
        }),
      'called "a"',
    ],
    ["an unknown option", rule({ flow: "x" }), 'no option "flow"'],
    ["a kind that is none", rule({ on: "run.failing" }), '"on" of alert rule "a"'],
    ["no kinds", rule({ on: [] }), '"on" of alert rule "a"'],
    ["a pattern that is none", rule({ flows: "A B" }), "pattern of flow names"],
    ["an owner that is no text", rule({ owner: 7 }), '"owner" of alert rule "a"'],
    ["no channel", rule({ to: [] }), '"to" of alert rule "a"'],
    ["a channel that is none", rule({ to: "#ops" }), '"to" of alert rule "a"'],
    ["no duration", rule({ group: { quiet: "soon" } }), '"quiet" in "group" of alert rule "a"'],
    ["no length of time", rule({ repeat: "often" }), '"repeat" of alert rule "a"'],
    ["an address that is none", () => defineConfig({ publicUrl: "mill.example.org" }), '"publicUrl" of the config'],
    ["an address with more", () => defineConfig({ publicUrl: "https://m.example?x" }), '"publicUrl" of the config'],
  ])("refuses %s", (_what, make, message) => {
    expect(refused(make)).toMatchObject({ code: "INVALID_CONFIG", message: expect.stringContaining(message) });
  });

  test.each([
    ["an address of no web", () => slackAlert({ url: "file:///etc/passwd" }), '"url" of slackAlert'],
    ["no address", () => slackAlert({} as never), "url of slackAlert"],
    ["an odd name", () => slackAlert({ url: "https://a", name: "a b" }), '"name" of slackAlert'],
    ["no truth", () => webhookAlert({ url: "https://a", privateNetwork: 1 as never }), '"privateNetwork"'],
    ["nobody", () => emailAlert({ from: "a@b", to: [], smtp }), '"to" of emailAlert'],
    ["a header in an address", () => emailAlert({ from: "a@b\nBcc: c@d", to: "a@b", smtp }), '"from" of emailAlert'],
    [
      "a way that is none",
      () => emailAlert({ from: "a@b", to: "a@b", smtp: { ...smtp, tls: "yes" as never } }),
      '"tls"',
    ],
    ["half a login", () => emailAlert({ from: "a@b", to: "a@b", smtp: { ...smtp, user: "x" } }), "only one of user"],
    ["no object", () => emailAlert(null as never), "emailAlert"],
  ])("refuses a channel with %s", (_what, make, message) => {
    expect(refused(make)).toMatchObject({ code: "INVALID_OPTION", message: expect.stringContaining(message) });
  });
});

describe("a flow that is watched", () => {
  const nothing = task("nothing", async () => undefined);
  const policies = (options: object) =>
    definitionOf(flow("watched", { schedule: cron("0 6 * * *"), ...options }, () => void nothing()))?.spec.policies;

  test("says by when, and after how many failures it is paused", () => {
    expect(policies({ deadline: "1h", pauseAfterFailures: 3 })).toMatchObject({
      deadline: { startMs: null, endMs: 3_600_000 },
      pauseAfterFailures: 3,
    });
    expect(policies({ deadline: { start: "10m" } })).toMatchObject({ deadline: { startMs: 600_000, endMs: null } });
    expect(policies({ deadline: { start: "10m", end: "1h" } })?.deadline?.endMs).toBe(3_600_000);
    expect(policies({})).not.toHaveProperty("deadline");
  });

  test.each([
    [{ deadline: {} }, '"deadline" of flow "watched"'],
    [{ deadline: { until: "1h" } }, 'no option "until"'],
    [{ deadline: "0s" }, '"deadline" of flow "watched"'],
    [{ pauseAfterFailures: 0 }, '"pauseAfterFailures" of flow "watched"'],
  ])("refuses %j", (options, message) => {
    expect(refused(() => policies(options))).toMatchObject({ message: expect.stringContaining(message) });
  });
});
