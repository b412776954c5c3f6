import { VirtualClock } from "@millrace/testing";
import { MemoryDatabase, MemoryStore } from "@millrace/testing/simulation";
import { storeConforms } from "./conformance.ts";

storeConforms("memory, of the simulator", async () => {
  const clock = new VirtualClock();
  const database = new MemoryDatabase(() => clock.now());
  return {
    open: async () => new MemoryStore(database, { clock, renewal: async (work) => work() }),
    remove: async () => {},
  };
});
