import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type InputHTMLAttributes, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { server } from "../../api/server.ts";
import { Button } from "../../ui/button.tsx";
import { Problem } from "../../ui/notices.tsx";
import { useLeaving, useWho, WHO, type Who } from "./who.ts";

/**
 * Shows the pages to whoever is in, and to others the way in. A session that ends while pages are open is renewed over them:
 * what somebody was typing is still there afterwards.
 */
export function LoginGate({ children }: { readonly children: ReactNode }) {
  const { data: who, error } = useWho();
  const before = useWhoWasIn(who);
  useLeaving();
  // A server that does not answer is the pages' own matter: they say so, and try again.
  const isShown = who?.kind === "in" || before !== undefined || (who === undefined && error !== null);
  return (
    <>
      {isShown ? children : null}
      {who === undefined && !isShown ? (
        <p role="status" className="late p-4 text-ink-2">
          {location.host} has not answered yet…
        </p>
      ) : null}
      {who === undefined || who.kind === "in" ? null : <WayIn who={who} before={before} />}
    </>
  );
}

/** Who was in on this page, once somebody was. */
function useWhoWasIn(who: Who | undefined): string | null | undefined {
  const queries = useQueryClient();
  const [before, setBefore] = useState<string | null>();
  const [isOut, setOut] = useState(false);
  useEffect(() => {
    if (who === undefined) return;
    setOut(who.kind !== "in");
    if (who.kind !== "in") return;
    // What is open is somebody else's.
    if (before !== undefined && before !== who.name) location.reload();
    setBefore(who.name);
    if (isOut) void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== WHO[0] });
  }, [who, before, isOut, queries]);
  return before;
}

function WayIn({ who, before }: { readonly who: Who; readonly before: string | null | undefined }) {
  if (who.kind === "setup") return <SetUp />;
  return before === undefined ? <LogIn /> : <LogInAgain name={before} />;
}

/** Over everything, dialogs of the pages too. */
function LogInAgain({ name }: { readonly name: string | null }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return createPortal(
    <dialog
      ref={dialog}
      aria-label="Log in again"
      onCancel={(event) => event.preventDefault()}
      className="m-auto w-full max-w-sm bg-transparent text-ink backdrop:bg-black/40"
    >
      <LogIn again={name ?? ""} />
    </dialog>,
    document.body,
  );
}

function LogIn({ again }: { readonly again?: string }) {
  const entry = useEntry((form) =>
    server.call("logIn", { body: { name: textOf(form, "name"), password: textOf(form, "password") } }),
  );
  return (
    <Entry title={again === undefined ? "Log in" : "Log in again"} action="Log in" entry={entry}>
      {again === undefined ? null : (
        <p className="text-ink-2">Your session has ended. The page stays as it is, with all that you have typed.</p>
      )}
      <Field label="Name" name="name" autoComplete="username" defaultValue={again} autoFocus={again === undefined} />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        autoFocus={again !== undefined}
      />
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
  useEffect(() => {
    const before = document.title;
    document.title = `${title} · Millrace`;
    return () => {
      document.title = before;
    };
  }, [title]);
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
