export { flowOf, PARAMS, type Ref, type Sketch } from "@millrace/testing/simulation";
