// Many who guess at passwords, over HTTP, while others do their work.
import { type Asked, bearer, PASSWORD, type Said, type ServedProject } from "./served-project.ts";

export interface Guessing {
  readonly guesses: number;
  readonly accounts: number;
  /** Of one account, the most that were compared. */
  readonly mostCompared: number;
  /** Logins with the right password that were let in at an account that is guessed at. */
  readonly broken: number;
  /** What others were refused meanwhile, in words. */
  readonly disturbed: readonly string[];
  /** How long the slowest login of somebody else took, in milliseconds. */
  readonly slowestMs: number;
}

const AT_ONCE = 40;
/** Others log in and work once in so many guesses. */
const OTHERS_EVERY = 100;

/**
 * Guesses from many addresses at accounts of which half are there. Half way the server is another one, which knows nothing
 * but what the store has.
 */
export async function playGuesses(project: ServedProject, total: number, accounts: number): Promise<Guessing> {
  const names = Array.from({ length: accounts }, (_, index) => `${index % 2 === 0 ? "known" : "unknown"}-${index}`);
  for (const name of names.filter((each) => each.startsWith("known"))) {
    await project.people.users.add({ name, password: PASSWORD, grants: [] }, "test");
  }
  await project.people.users.add({ name: "calm", password: PASSWORD, grants: [] }, "test");
  const token = await project.token("calm-token");
  const compared = new Map<string, number>();
  const disturbed: string[] = [];
  let [guesses, broken, slowestMs] = [0, 0, 0];
  let isCalmAtWork = false;
  const others = async (): Promise<void> => {
    if (isCalmAtWork) return;
    isCalmAtWork = true;
    const beganAtMs = performance.now();
    const answers = [
      await project.ask(login("calm", PASSWORD, "10.9.9.9")),
      await project.ask({ path: "/api/v1/me", headers: bearer(token) }),
    ];
    isCalmAtWork = false;
    slowestMs = Math.max(slowestMs, performance.now() - beganAtMs);
    disturbed.push(
      ...answers.filter(({ status }) => status !== 200).map(({ status, detail }) => `${status} ${detail}`),
    );
  };
  const guess = async (): Promise<void> => {
    const number = guesses;
    guesses += 1;
    const name = names[number % names.length] ?? "";
    // Once there were so many that none is compared any more, the right one is not either.
    const isRight = number > total / 2 && number % 7 === 0;
    const password = isRight ? PASSWORD : `wrong password ${number}`;
    const said = await project.ask(login(name, password, `10.0.${number % 200}.${number % 250}`));
    if (said.status === 200) broken += 1;
    else if (wasCompared(said)) compared.set(name, (compared.get(name) ?? 0) + 1);
  };
  const work = async (until: number): Promise<void> => {
    while (guesses < until) {
      if (guesses % OTHERS_EVERY === 0) await Promise.all([guess(), others()]);
      else await guess();
    }
  };
  for (const until of [total / 2, total]) {
    await Promise.all(Array.from({ length: AT_ONCE }, () => work(until)));
    if (until < total) await project.restart();
  }
  return { guesses, accounts, mostCompared: Math.max(...compared.values()), broken, disturbed, slowestMs };
}

function login(name: string, password: string, from: string): Asked {
  const headers = { "x-forwarded-for": `1.1.1.1, ${from}` };
  return { method: "POST", path: "/api/v1/login", headers, body: { name, password } };
}

/** A guess that is refused for being wrong was compared; one that was not is told to come again. */
function wasCompared({ status, code }: Said): boolean {
  return status !== 429 || code !== "TOO_MANY_REQUESTS";
}
