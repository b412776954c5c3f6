import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type InputHTMLAttributes, type ReactNode, useId, useState } from "react";
import { server } from "../../api/server.ts";
import { Button } from "../../ui/button.tsx";
import { Problem } from "../../ui/notices.tsx";
import { useWho, WHO } from "./who.ts";

/** Shows the pages to whoever is in, and to others the way in. */
export function LoginGate({ children }: { readonly children: ReactNode }) {
  const who = useWho();
  // A server that does not answer is the pages' own matter: they say so, and try again.
  if (who.data?.kind === "in" || (who.data === undefined && who.error !== null)) return children;
  if (who.data === undefined) return null;
  return who.data.kind === "setup" ? <SetUp /> : <LogIn />;
}

function LogIn() {
  const entry = useEntry((form) =>
    server.call("logIn", { body: { name: textOf(form, "name"), password: textOf(form, "password") } }),
  );
  return (
    <Entry title="Log in" action="Log in" entry={entry}>
      <Field label="Name" name="name" autoComplete="username" autoFocus />
      <Field label="Password" name="password" type="password" autoComplete="current-password" />
    </Entry>
  );
}

function SetUp() {
  const entry = useEntry((form) =>
    server.call("setUp", {
      body: { token: textOf(form, "token").trim(), name: textOf(form, "name"), password: textOf(form, "password") },
    }),
  );
  return (
    <Entry title="Set up the first user" action="Make the user" entry={entry}>
      <p className="text-ink-2">
        Nobody has an account yet. The server has printed a setup token where it was started; the user that it makes is
        an admin.
      </p>
      <Field label="Setup token" name="token" autoComplete="off" autoFocus />
      <Field label="Name" name="name" autoComplete="username" />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        minLength={12}
        hint="At least 12 characters."
      />
    </Entry>
  );
}

interface EntryState {
  readonly error: unknown;
  readonly isBusy: boolean;
  readonly submit: (event: FormEvent<HTMLFormElement>) => void;
}

/** Sends a form; once it lets somebody in, all is asked for as them. */
function useEntry(send: (form: FormData) => Promise<unknown>): EntryState {
  const queries = useQueryClient();
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const act = async (form: FormData): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await send(form);
      await queries.invalidateQueries({ queryKey: WHO });
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void act(new FormData(event.currentTarget));
  };
  return { error, isBusy, submit };
}

interface EntryProps {
  readonly title: string;
  readonly action: string;
  readonly entry: EntryState;
  readonly children: ReactNode;
}

function Entry({ title, action, entry, children }: EntryProps) {
  return (
    <main className="flex min-h-full items-center justify-center p-4">
      <form
        onSubmit={entry.submit}
        className="flex w-full max-w-sm flex-col gap-3.5 rounded-lg border border-line bg-surface p-6"
      >
        <div>
          <p className="text-2xs text-ink-3">Millrace at {location.host}</p>
          <h1>{title}</h1>
        </div>
        {children}
        {entry.error === null ? null : (
          <div className="-mx-3 -my-1">
            <Problem error={entry.error} />
          </div>
        )}
        <Button type="submit" kind="primary" disabled={entry.isBusy} className="h-9 justify-center">
          {action}
        </Button>
      </form>
    </main>
  );
}

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly label: string;
  readonly name: string;
  readonly hint?: string;
}

function Field({ label, hint, ...input }: FieldProps) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1 block font-medium">
        {label}
      </label>
      <input
        id={id}
        required
        spellCheck={false}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        {...input}
        className="h-9 w-full rounded-md border border-line-strong bg-sunken px-2.5"
      />
      {hint === undefined ? null : (
        <p id={`${id}-hint`} className="mt-1 text-2xs text-ink-3">
          {hint}
        </p>
      )}
    </div>
  );
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}
