import type { Failure } from "../../api/shapes.ts";
import { CodeBlock } from "../../ui/code-block.tsx";
import { Icon } from "../../ui/icon.tsx";
import { ErrorDetails } from "../run/failure-note.tsx";

/** Why the attempt failed, above everything else: the message, the line of code, and the rest when asked for. */
export function FailurePanel({ error }: { readonly error: Failure }) {
  const hasMore = error.stack !== null || error.cause !== null;
  return (
    <section aria-label="Why it failed" className="mb-3 flex shrink-0 gap-2.5 rounded-lg bg-failed-soft px-3 py-2.5">
      <Icon name="cross" className="mt-0.5 text-failed" />
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <p className="line-clamp-4 font-medium break-words" title={error.message}>
          {error.code ?? error.name}: {error.message}
        </p>
        {error.cause === null ? null : (
          <p className="line-clamp-2 break-words">
            caused by {error.cause.code ?? error.cause.name}: {error.cause.message}
          </p>
        )}
        {error.hint === null ? null : <p className="text-ink-2">{error.hint}</p>}
        {error.frame === null ? null : <CodeBlock text={error.frame} label="Where it comes from" />}
        {hasMore ? (
          <details>
            <summary className="w-fit text-ink-2 hover:text-ink">Stack</summary>
            <div className="mt-2 max-h-64 overflow-y-auto">
              <ErrorDetails error={{ ...error, frame: null, hint: null }} />
            </div>
          </details>
        ) : null}
      </div>
    </section>
  );
}
