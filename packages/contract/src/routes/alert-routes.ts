import { routes } from "../route-spec.ts";

const READ = {
  method: "GET",
  permission: "alert.read",
  scope: "everything",
  tag: "alerts",
  status: 200,
  answer: "json",
} as const;
const WRITE = { ...READ, method: "POST", permission: "alert.write", errors: ["UNKNOWN_ALERT"] } as const;

/** Who is told of what, and what became of it. */
export const ALERT_ROUTES = routes({
  listAlertRules: {
    ...READ,
    path: "/api/v1/alerts/rules",
    summary: "The alert rules of the active version. Never an address or a secret.",
    errors: [],
  },
  testAlertRule: {
    ...WRITE,
    path: "/api/v1/alerts/rules/{rule}/test",
    summary: "Sends a message through each channel of a rule now, and tells what came of it.",
  },
  listAlertDeliveries: {
    ...READ,
    path: "/api/v1/alerts/deliveries",
    summary: "Messages, sent and to be sent, the newest first.",
    errors: [],
  },
  getAlertDelivery: {
    ...READ,
    path: "/api/v1/alerts/deliveries/{delivery}",
    summary: "One message, with what came of each try.",
    errors: ["UNKNOWN_ALERT"],
  },
  retryAlertDelivery: {
    ...WRITE,
    path: "/api/v1/alerts/deliveries/{delivery}/retry",
    summary: "Tries a message again now, also one that was given up or sent.",
  },
});
