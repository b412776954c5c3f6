import type { Running, WorkName } from "./peer.ts";

/** Sends JSON and gives the JSON that comes back. Throws with the answer when it is a refusal. */
export async function ask(
  url: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const response = await fetch(url, {
    method: body === undefined ? "GET" : "POST",
    headers: { "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 300)}`);
  return text === "" ? undefined : JSON.parse(text);
}

/** What waits behind `programs/javascript/front.ts`. */
export function behindFront(port: number): Running {
  const origin = `http://127.0.0.1:${port}`;
  return {
    async begin(work: WorkName, key: string) {
      const response = await fetch(`${origin}/${work}/${key}`, { method: "POST" });
      if (!response.ok) throw new Error(`the run was refused: ${await response.text()}`);
      return `${work}/${key}`;
    },
    async hasSucceeded(run) {
      const state = await (await fetch(`${origin}/${run}`)).text();
      if (/fail|error|cancel/i.test(state)) throw new Error(`the run ended as ${state}`);
      return state === "success";
    },
  };
}
