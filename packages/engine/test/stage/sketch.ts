export { flowOf, PARAMS, type Sketch } from "@millrace/testing/simulation";
