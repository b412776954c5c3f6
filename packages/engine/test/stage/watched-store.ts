import type { Changes, Epoch, Store } from "@millrace/core";

/** What stands between the engine and the store in a test. */
export interface CommitHook {
  /** Instead of a commit; `really` makes it. */
  commit(changes: Changes, really: () => Promise<void>): Promise<void>;
  /** Throws while nothing can be read either. */
  read?(): void;
}

/** The store with its commits going through a hook. Everything else is the store's own. */
export function watchedStore(store: Store, hook: CommitHook): Store {
  return new Proxy(store, {
    get(target, name) {
      if (name === "commit") {
        return (epoch: Epoch, changes: Changes) => hook.commit(changes, () => target.commit(epoch, changes));
      }
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (name === "watch" || hook.read === undefined) return value.bind(target);
      return async (...args: unknown[]) => {
        hook.read?.();
        return await value.apply(target, args);
      };
    },
  });
}
