export type { LoggedLine } from "./call-handler.ts";
export { FlowDefinitions, TEST_VERSION } from "./flow-definitions.ts";
export { type AttemptBody, type AttemptControl, InProcessExecutor } from "./in-process-executor.ts";
export { hangs, type MockedTask } from "./mock.ts";
export { openTemporaryStore, type TemporaryStore } from "./temporary-store.ts";
export { FlowTest, type Play, type TestedRun, type TestedTask, testFlow } from "./test-flow.ts";
export { VirtualClock } from "./virtual-clock.ts";
