import { flow, task } from "millrace";

// #region labels
const train = task("train", { workers: { gpu: "a100" } }, async ({ rows }: { rows: number[] }) => rows.length);
// #endregion

export default flow("model", () => {
  train({ rows: [1, 2, 3] });
});
