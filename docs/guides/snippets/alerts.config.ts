import { defineConfig, emailAlert, env, secret, slackAlert, webhookAlert } from "millrace";

const team = slackAlert({ url: secret("slack-url") });
const mail = emailAlert({
  from: "Millrace <millrace@example.org>",
  to: ["ada@example.org", "grace@example.org"],
  smtp: { host: "mail.example.org", user: "millrace", password: env("SMTP_PASSWORD") },
});
const pager = webhookAlert({ url: env("PAGER_URL"), secret: secret("pager-signing") });

export default defineConfig({
  publicUrl: "https://millrace.example.org",
  alerts: [
    { name: "everything", to: team },
    { name: "shop", owner: "ada", on: ["run.failed", "run.recovered", "run.late"], to: mail },
    { name: "night", flows: "billing/*", tags: "critical", on: "run.failed", to: [pager, mail], group: { quiet: 0 } },
  ],
});
