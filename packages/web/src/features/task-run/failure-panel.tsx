import type { Failure } from "../../api/shapes.ts";
import { CodeBlock } from "../../ui/code-block.tsx";
import { Icon } from "../../ui/icon.tsx";

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
              <Stacks error={error} />
            </div>
          </details>
        ) : null}
      </div>
    </section>
  );
}

/** The stack, and those of what caused it: what the errors say stands above already. */
function Stacks({ error: { stack, cause } }: { readonly error: Failure }) {
  return (
    <div className="flex flex-col gap-2">
      {stack === null ? null : <CodeBlock text={stack} label="Stack" />}
      {cause === null ? null : (
        <>
          <p className="text-2xs text-ink-2">
            caused by {cause.code ?? cause.name}: {cause.message}
          </p>
          {cause.hint === null ? null : <p className="text-ink-2">{cause.hint}</p>}
          {cause.frame === null ? null : <CodeBlock text={cause.frame} label="Where the cause comes from" />}
          <Stacks error={cause} />
        </>
      )}
    </div>
  );
}
