// #region client
import { connect } from "millrace/client";
import type { Flows } from "./flows.d.ts";

const client = connect<Flows>({ url: "http://127.0.0.1:7430" });
await client.flow("daily-orders").run({ region: "us" });
// #endregion
