// Where the pages offer what changes something. By the routes themselves, so that a new one cannot be left out.
import type { RouteName } from "@millrace/contract";
import type { Permission } from "@millrace/core";

/** What each address is made of. */
export interface Places {
  readonly flow: string;
  readonly over: string;
  readonly going: string;
  readonly waiting: string;
  readonly running: string;
  readonly paused: string;
}

/** Of whom it is asked whether one may: of this flow, or of the whole project. */
export interface Offer {
  readonly at: (places: Places) => string;
  /** The name of the button. */
  readonly name: RegExp;
  /** What it takes to see at all what it is done to. */
  readonly reads?: Permission;
}

const flowTab = (tab: string) => (places: Places) => `/flows/${encodeURIComponent(places.flow)}?tab=${tab}`;
const trigger = ({ flow }: Places): string => `/schedules/${encodeURIComponent(flow)}/webhook`;
const manage = (page: string) => () => `/manage/${page}`;

/** Or why no page offers it. */
export const OFFERS: Readonly<Partial<Record<RouteName, Offer | string>>> = {
  logIn: "whoever is not in is asked",
  setUp: "whoever comes first is asked",
  logOut: "everybody may",
  changePassword: "everybody may, with the command line",
  createToken: "everybody may, within their own rights",
  revokeToken: "everybody may revoke their own",
  endSession: "everybody may end their own",
  prune: "with the command line",
  changePartitions: "with the command line",
  pauseTriggers: { at: flowTab("runs"), name: /^Pause$/ },
  resumeTriggers: "the pages resume each by itself, after they told what was missed",
  planBackfill: "whoever may begin a backfill is shown its plan first",
  planRerun: "changes nothing: it is what the dialog shows first",
  planMark: "changes nothing: it is what the dialog shows first",
  markTasks: "of tasks that are selected first",
  tryTrigger: "changes nothing, and stands beside what does",
  startRun: { at: flowTab("runs"), name: /^Run$/ },
  pauseTrigger: { at: flowTab("schedules"), name: /^Pause\b/ },
  resumeTrigger: { at: flowTab("schedules"), name: /^Resume\b/ },
  fireTrigger: { at: trigger, name: /^Fire$/ },
  cancelRun: { at: ({ going }: Places) => `/runs/${going}`, name: /^Cancel$/ },
  rerun: { at: ({ over }: Places) => `/runs/${over}`, name: /^Rerun$/ },
  decideApproval: { at: ({ waiting }: Places) => `/runs/${waiting}/tasks/release`, name: /^Approve\b/ },
  createBackfill: { at: flowTab("backfills"), name: /^New backfill$/ },
  pauseBackfill: { at: ({ running }: Places) => `/backfills/${running}`, name: /^Pause$/ },
  cancelBackfill: { at: ({ running }: Places) => `/backfills/${running}`, name: /^Cancel$/ },
  resumeBackfill: { at: ({ paused }: Places) => `/backfills/${paused}`, name: /^Resume$/ },
  planBackfillRetry: "changes nothing: it is what the dialog shows first",
  setBackfill: { at: ({ running }: Places) => `/backfills/${running}`, name: /^Change runs at once$/ },
  retryBackfill: { at: ({ paused }: Places) => `/backfills/${paused}`, name: /^(?:Retry \d+ failed|Go on)$/ },
  drainWorker: "of workers elsewhere, which this project has none of",
  setPool: { at: manage("pools"), name: /^Set size of shop$/ },
  deletePool: { at: manage("pools"), name: /^Take back$/ },
  setVariable: { at: manage("vault"), name: /^Set region$/ },
  deleteVariable: { at: manage("vault"), name: /^Remove region$/ },
  setSecret: { at: manage("vault"), name: /^Rotate token$/, reads: "secret.read" },
  deleteSecret: { at: manage("vault"), name: /^Remove token$/, reads: "secret.read" },
  createUser: { at: manage("people"), name: /^Add a user$/ },
  setGrants: { at: manage("people"), name: /^Roles of gone$/, reads: "user.read" },
  resetPassword: { at: manage("people"), name: /^Password of gone$/, reads: "user.read" },
  enableUser: { at: manage("people"), name: /^Enable gone$/, reads: "user.read" },
  disableUser: { at: manage("people"), name: /^Disable viewer$/, reads: "user.read" },
  testAlertRule: { at: manage("alerts"), name: /^Send a test through all$/ },
  retryAlertDelivery: { at: manage("alerts"), name: /^Resend: / },
};
