import { useState } from "react";
import { CopyButton } from "../../ui/copy-button.tsx";
import { type Asked, commandOf, curlOf } from "./launch-words.ts";

type Form = "command" | "curl";

const NAMES: Readonly<Record<Form, string>> = { command: "As a command", curl: "As curl" };

/** The same run for a terminal or a script. */
export function SameRun({ asked }: { readonly asked: Asked }) {
  const [form, setForm] = useState<Form>("command");
  const isUntold = form === "command" && asked.version !== null;
  const text = form === "command" ? commandOf(asked) : curlOf(location.origin, asked);
  return (
    <div className="min-w-0">
      <div className="mb-1 flex items-center gap-3">
        {(["command", "curl"] as const).map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={form === each}
            onClick={() => setForm(each)}
            className="font-medium text-ink-2 hover:text-ink aria-pressed:text-ink aria-pressed:underline aria-pressed:decoration-accent aria-pressed:decoration-2 aria-pressed:underline-offset-4"
          >
            {NAMES[each]}
          </button>
        ))}
        <span className="ml-auto">
          {isUntold ? null : (
            <CopyButton text={text} label={form === "command" ? "Copy the command" : "Copy the curl command"} />
          )}
        </span>
      </div>
      {isUntold ? (
        <p className="text-ink-2">The command line runs the code as it is now: for another version, use curl.</p>
      ) : (
        <code className="block rounded-md bg-sunken px-2.5 py-2 font-mono text-xs break-words whitespace-pre-wrap">
          {text}
        </code>
      )}
    </div>
  );
}
