import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("../scripts/cli-reference.ts", import.meta.url));

test("the reference page says what the program says", () => {
  const { status, stderr } = spawnSync(process.execPath, ["--conditions=@millrace/source", script, "--check"], {
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
