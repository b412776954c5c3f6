import { flow, python, type } from "millrace";
import { z } from "zod";

const params = z.object({ key: z.string() });
const input = type<{ key: string; n: number }>();
const output = type<number>();
const venv = ".venv";
const small = python("small", { script: "../python/small.py", input, output, venv });
const heavy = python("heavy", { script: "../python/heavy.py", input, output, venv });
const numbers = python("numbers", {
  script: "../python/list_numbers.py",
  input: type<{ key: string }>(),
  output: type<number[]>(),
  venv,
});

export const chain = flow("chain-python", { params }, ({ params: { key } }) => {
  let last = small.named("small-0")({ key, n: 0 });
  for (let at = 1; at < 40; at += 1) last = small.named(`small-${at}`)({ key, n: last });
});

export const fib = flow("fib-python", { params }, ({ params: { key } }) => {
  let last = heavy.named("heavy-0")({ key, n: 0 });
  for (let at = 1; at < 10; at += 1) last = heavy.named(`heavy-${at}`)({ key, n: last });
});

export const fan = flow("fan-python", { params }, ({ params: { key } }) => {
  small.each(numbers({ key }), (n) => ({ key, n }));
});
