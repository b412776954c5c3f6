import path from "node:path";
import type { Plugin, Rolldown } from "vite";

/** The pages whose files are fetched ahead, by the name that `src/ahead.ts` has for each. */
const PAGES: Readonly<Record<string, string>> = {
  flow: "features/flow/flow-page.tsx",
  run: "features/run/run-page.tsx",
  task: "features/task-run/task-run-page.tsx",
};

/** Puts the script that asks ahead into the page, and beside it the files of the pages that it may fetch: they have hashes in their names. */
export function aheadOfPages(): Plugin {
  return {
    name: "ahead-of-pages",
    renderChunk: (code, { isEntry, name }) => (isEntry && name === "ahead" ? `(() => {${code}})();` : null),
    transformIndexHtml: {
      order: "post",
      handler: (_html, { bundle = {} }) => {
        const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
        const ahead = chunks.find(({ isEntry, name }) => isEntry && name === "ahead");
        if (ahead === undefined) throw new Error("There is nothing to ask ahead with.");
        const first = new Set(chunks.filter(({ isEntry }) => isEntry).flatMap((entry) => withImports(entry, chunks)));
        const pages = Object.entries(PAGES).map(([page, file]) => {
          const chunk = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(path.normalize(file)) === true);
          if (chunk === undefined) throw new Error(`${file} is no file of its own any more.`);
          return [page, withImports(chunk, chunks).filter((each) => !first.has(each))] as const;
        });
        return [
          {
            tag: "meta",
            attrs: { name: "pages", content: JSON.stringify(Object.fromEntries(pages)) },
            injectTo: "head-prepend",
          },
          {
            tag: "script",
            // No module: one that is async may run after the page's own scripts on a busy machine, and one that is not
            // waits for the styles. It imports and exports nothing, and leaves no names behind.
            attrs: { src: `/${ahead.fileName}` },
            injectTo: "head-prepend",
          },
        ];
      },
    },
  };
}

function withImports(chunk: Rolldown.OutputChunk, all: readonly Rolldown.OutputChunk[]): readonly string[] {
  const found = new Set([chunk.fileName]);
  for (const file of found) {
    for (const each of all.find(({ fileName }) => fileName === file)?.imports ?? []) found.add(each);
  }
  return [...found];
}
