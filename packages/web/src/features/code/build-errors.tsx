import { Link } from "@tanstack/react-router";
import type { BuildError } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { CodeBlock } from "../../ui/code-block.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Icon } from "../../ui/icon.tsx";

/**
 * What is wrong with the project's files, as the server found when it last built them; nothing where all is well. It goes
 * away by itself when the file is mended.
 *
 * @param flow only what this flow is made of. Defaults to all.
 */
export function BuildErrors({ flow }: { readonly flow?: string }) {
  const found = useApi("listBuildErrors").data?.items ?? [];
  const errors = found.filter(({ severity, flows }) => {
    return severity === "error" && (flow === undefined || flows.includes(flow));
  });
  if (errors.length === 0) return null;
  return (
    <section
      role="alert"
      aria-label="Broken files"
      className="mb-4 min-w-0 overflow-hidden rounded-lg border border-failed bg-surface text-ink"
    >
      <div className="flex flex-wrap items-baseline gap-x-2 border-b border-line bg-failed-soft px-3 py-2">
        <Icon name="cross" size={14} className="self-center text-failed" />
        <h2>{headingOf(errors)}</h2>
        <p className="text-ink-2">
          {flow === undefined ? "Flows stay as they were" : "This flow stays as it was"} until that is mended.
        </p>
      </div>
      <ul>
        {errors.map((error) => (
          <Broken key={`${error.file} ${error.line} ${error.message}`} error={error} />
        ))}
      </ul>
    </section>
  );
}

function headingOf(errors: readonly BuildError[]): string {
  const files = [...new Set(errors.map(({ file }) => file))];
  if (files.length === 1) return files[0] === null ? "The project does not build" : `${files[0]} does not build`;
  return `${files.length} files do not build`;
}

function Broken({ error: { message, file, line, column, frame, hint, flows } }: { readonly error: BuildError }) {
  const place = file === null ? null : [file, line, column].filter((part) => part !== null).join(":");
  return (
    <li className="border-b border-line px-3 py-2.5 last:border-b-0">
      <div className="flex flex-wrap items-center gap-x-2">
        <p className="min-w-0 font-medium break-words">{message}</p>
        {place === null ? null : (
          <span className="flex items-center gap-1 font-mono text-xs text-ink-2">
            {place}
            <CopyButton text={place} label="Copy the place" />
          </span>
        )}
      </div>
      {frame === null ? null : (
        <div className="mt-1.5">
          <CodeBlock text={frame} label={`The place in ${file ?? "the project"}`} />
        </div>
      )}
      {hint === null ? null : <p className="mt-1.5 text-ink-2">{hint}</p>}
      {flows.length === 0 ? null : (
        <p className="mt-1.5 flex flex-wrap gap-x-2 text-ink-2">
          Used by
          {flows.slice(0, 12).map((name) => (
            <Link key={name} to="/flows/$flow" params={{ flow: name }} className="text-accent hover:underline">
              {name}
            </Link>
          ))}
          {flows.length > 12 ? `and ${flows.length - 12} more` : null}
        </p>
      )}
    </li>
  );
}
