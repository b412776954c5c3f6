// Runs before the page's own scripts are there, and asks for what the page will ask for first. It is small and imports
// nothing; who asks later for the same is given what it got (`api/asked-ahead.ts`).
import type { AskedAhead } from "./api/asked-ahead.ts";

type Page = "flow" | "run" | "task";

const API = `${location.origin}/api/v1`;

function ask({ answers, own }: Pick<AskedAhead, "answers" | "own">, address: string): Promise<Response> {
  const url = `${API}/${address}`;
  const answer = own.has(url) ? NOT_ASKED : fetch(url);
  if (answer !== NOT_ASKED) answers.set(url, answer);
  return answer;
}

/** The page was quicker. */
const NOT_ASKED = Promise.resolve(Response.error());

/** What an answer says, without taking it from whoever asks for it later; undefined where it is none. */
async function read<Answer>(answer: Promise<Response>): Promise<Answer | undefined> {
  const response = await answer;
  return response.ok ? ((await response.clone().json()) as Answer) : undefined;
}

/** The files of a page, which are not among the first. */
function fetchFiles(page: Page): void {
  const known = document.querySelector<HTMLMetaElement>('meta[name="pages"]')?.content;
  const files = known === undefined ? [] : ((JSON.parse(known) as Record<Page, string[]>)[page] ?? []);
  for (const file of files) {
    const link = document.createElement("link");
    link.rel = "modulepreload";
    link.crossOrigin = "";
    // What is put into a page that is still read would else wait for the first picture.
    link.fetchPriority = "high";
    link.href = `/${file}`;
    document.head.append(link);
  }
}

/** What a page shows first. What follows from an answer is asked for as soon as that is there. */
const FIRST: Readonly<Record<Page, (asked: AskedAhead, own: readonly string[]) => Promise<unknown>>> = {
  async flow(asked, [flow]) {
    const tab = new URLSearchParams(location.search).get("tab");
    if (tab === null || tab === "runs") void ask(asked, `flows/${flow}/grid?limit=100`);
    await ask(asked, `flows/${flow}`);
  },
  async run(asked, [run]) {
    const found = read<{ readonly flow: string; readonly version: string }>(ask(asked, `runs/${run}`));
    void ask(asked, `runs/${run}/task-runs?limit=1000`);
    const own = await found;
    if (own !== undefined) await ask(asked, `flows/${encodeURIComponent(own.flow)}?version=${own.version}`);
  },
  async task(asked, [run, task = ""]) {
    void ask(asked, `runs/${run}`);
    const name = new URLSearchParams({ task: decodeURIComponent(task) }).toString();
    const found = await read<{ readonly attempts: readonly { readonly id: number; readonly hook: string }[] }>(
      ask(asked, `runs/${run}/task?${name}`),
    );
    const attempts = found?.attempts ?? [];
    const shown = attempts.findLast(({ hook }) => hook === "") ?? attempts.at(-1);
    // Whoever comes to a line or an attempt of their own reads something else.
    if (shown === undefined || location.search !== "") return;
    await ask(asked, `runs/${run}/attempts/${shown.id}/log?from=0&limit=400&clip=2000`);
  },
};

/** Which page an address leads to, and of what it is. */
function pageAt(path: string): readonly [page: Page, own: readonly string[]] | undefined {
  const [first, own, tasks, task, ...rest] = path
    .slice(1)
    .split("/")
    .map((part) => encodeURIComponent(decodeURIComponent(part)));
  if (own === undefined || own === "" || rest.length > 0) return undefined;
  if (first === "flows" && tasks === undefined) return ["flow", [own]];
  if (first === "runs" && tasks === undefined) return ["run", [own]];
  return first === "runs" && tasks === "tasks" && task !== undefined ? ["task", [own, task]] : undefined;
}

async function askAhead(): Promise<void> {
  // The page was there first, and asks for itself.
  if (globalThis.askedAhead !== undefined) return;
  const begun = { answers: new Map<string, Promise<Response>>(), own: new Set<string>() };
  const page = pageAt(location.pathname);
  if (page !== undefined) fetchFiles(page[0]);
  void ask(begun, "login");
  void ask(begun, "me");
  // Known before anything else is asked: what happens from then on is told by the stream, so nothing is asked twice.
  const seq = read<{ readonly seq: number }>(ask(begun, "project")).then((project) => project?.seq);
  const asked = { ...begun, seq };
  globalThis.askedAhead = asked;
  // Whoever is not in would be refused.
  if ((await seq) !== undefined && page !== undefined) await FIRST[page[0]](asked, page[1]);
}

// What fails is asked for again by whoever needs it.
askAhead().catch(() => undefined);
