import type { Changes, Epoch, Store } from "@millrace/core";

/** What stands between the engine and the store in a test. */
export interface CommitHook {
  /** Instead of a commit; `really` makes it. */
  commit(changes: Changes, really: () => Promise<void>): Promise<void>;
}

/** The store with its commits going through a hook. Everything else is the store's own. */
export function watchedStore(store: Store, hook: CommitHook): Store {
  return new Proxy(store, {
    get(target, name) {
      if (name === "commit") {
        return (epoch: Epoch, changes: Changes) => hook.commit(changes, () => target.commit(epoch, changes));
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
