import { describeExecutor } from "../conformance.ts";
import { Loopback } from "./loopback.ts";

describeExecutor("workers over a socket", (surroundings) => new Loopback(surroundings));
