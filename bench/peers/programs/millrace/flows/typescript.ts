import { flow, task } from "millrace";
import { z } from "zod";
import { heavy, numbers, small } from "../../javascript/work.ts";

const params = z.object({ key: z.string() });
const smallTask = task("small", ({ key, n }: { key: string; n: number }) => small(key, n));
const heavyTask = task("heavy", ({ key, n }: { key: string; n: number }) => heavy(key, n));
const numbersTask = task("numbers", ({ key }: { key: string }) => numbers(key));

export const chain = flow("chain-typescript", { params }, ({ params: { key } }) => {
  let last = smallTask.named("small-0")({ key, n: 0 });
  for (let at = 1; at < 40; at += 1) last = smallTask.named(`small-${at}`)({ key, n: last });
});

export const fib = flow("fib-typescript", { params }, ({ params: { key } }) => {
  let last = heavyTask.named("heavy-0")({ key, n: 0 });
  for (let at = 1; at < 10; at += 1) last = heavyTask.named(`heavy-${at}`)({ key, n: last });
});

export const fan = flow("fan-typescript", { params }, ({ params: { key } }) => {
  smallTask.each(numbersTask({ key }), (n) => ({ key, n }));
});
