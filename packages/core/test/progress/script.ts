/** How each task run ends once it runs: the same however often and in whatever order it is asked. */
export interface Script {
  task(key: string): "success" | "failed" | "skipped";
  /** How many items a map has; undefined when its list cannot be read. */
  items(key: string): number | undefined;
  /** The arm that a branch takes, which may be one with nothing in it; undefined when its condition fails. */
  arm(key: string): string | undefined;
  /** Whether the result of a map or branch that went well cannot be put together. */
  losesResult(key: string): boolean;
}

/** Names a task run: its node and its item path. */
export function keyOf(node: number, item: string): string {
  return `${node}:${item}`;
}

/** Everything happens, decided by the seed. */
export function randomScript(seed: number): Script {
  const pick = <Choice>(key: string, choices: readonly Choice[]): Choice =>
    choices[hash(`${seed}/${key}`) % choices.length] as Choice;
  return {
    task: (key) => pick(key, ["success", "success", "success", "failed", "skipped"]),
    items: (key) => pick(key, [0, 1, 2, 3, 5, undefined]),
    arm: (key) => pick(key, ["left", "left", "right", "", "nowhere", undefined]),
    losesResult: (key) => pick(`${key}/result`, [false, false, false, false, true]),
  };
}

/** Like another script, but nothing fails. */
export function sunny(script: Script): Script {
  return {
    task: () => "success",
    items: (key) => script.items(key) ?? 1,
    arm: (key) => script.arm(key) ?? "left",
    losesResult: () => false,
  };
}

/** FNV-1a, stirred so that its low bits are as good as any. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
  state = Math.imul(state ^ (state >>> 12), 0x297a2d39);
  return (state ^ (state >>> 15)) >>> 0;
}

/** Numbers in [0, 1) that a seed decides. */
export function chanceOf(seed: number): () => number {
  let draws = 0;
  return () => hash(`${seed}#${draws++}`) / 2 ** 32;
}
