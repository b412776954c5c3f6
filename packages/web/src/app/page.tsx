import { type ReactNode, useEffect } from "react";
import { LOOKS, type State, type Tone } from "../ui/states.ts";

/** Stands before a title, where there is no room for more; what is idle has none. */
const MARKS: Readonly<Record<Tone, string>> = {
  success: "✓ ",
  failed: "✗ ",
  blocked: "! ",
  running: "▸ ",
  waiting: "? ",
  idle: "",
};

/**
 * Above the bar of the phone, which is so high. Moved by its style alone: what can be done may have a dialog open when a
 * phone is turned, and stays the same thing.
 */
const UNDER_THUMB =
  "max-sm:fixed max-sm:inset-x-0 max-sm:bottom-[57px] max-sm:z-20 max-sm:flex-nowrap max-sm:border-t max-sm:border-line max-sm:bg-surface max-sm:p-2 max-sm:empty:hidden max-sm:[&>button]:min-w-0 max-sm:[&>button]:flex-1 max-sm:[&>button]:justify-center";

/** What the browser's tab says and shows: who has it in the background sees there that a run has failed. */
function useTabOf(title: string, state: State | undefined): void {
  const look = state === undefined ? undefined : LOOKS[state];
  const text = look === undefined ? title : `${MARKS[look.tone]}${title}, ${look.text.toLowerCase()}`;
  const icon = look === undefined ? "/favicon.svg" : `/favicon-${look.tone}.svg`;
  useEffect(() => {
    document.title = `${text} · Millrace`;
    document.querySelector("link[rel=icon]")?.setAttribute("href", icon);
  }, [text, icon]);
}

/** The frame of each page: where one is, what it is, and what can be done. */
export function Page({
  title,
  state,
  trail,
  heading,
  actions,
  isUnderThumb = false,
  tabs,
  isWhole = false,
  children,
}: {
  /** For the browser's tab, and the heading unless there is another. */
  readonly title: string;
  /** Of what the page is about, so that the browser's tab tells it, too. */
  readonly state?: State | undefined;
  readonly trail?: ReactNode;
  readonly heading?: ReactNode;
  readonly actions?: ReactNode;
  /** On a phone what can be done stays under the thumb, and does not scroll away with the heading. */
  readonly isUnderThumb?: boolean;
  readonly tabs?: ReactNode;
  /** Where there is room for it, the page is as high as the window, and parts of it scroll. */
  readonly isWhole?: boolean;
  readonly children: ReactNode;
}) {
  useTabOf(title, state);
  return (
    <div className={`flex min-h-full flex-col ${isWhole ? "lg:h-full" : ""}`}>
      <header className="border-b border-line bg-surface px-5 pt-3 max-sm:px-3">
        {trail === undefined ? null : (
          <nav
            aria-label="Where this is"
            // The heading below is where the trail leads: an arrow after the last step would point at nothing.
            className="flex min-w-0 items-center gap-1.5 text-ink-3 [&>svg:last-child]:hidden"
          >
            {trail}
          </nav>
        )}
        <div className="flex min-h-9 flex-wrap items-start justify-between gap-x-4 gap-y-2 pb-3">
          <div className="flex min-h-7 min-w-0 flex-wrap items-center gap-x-3 gap-y-1 sm:flex-1">
            {heading ?? <h1 className="truncate">{title}</h1>}
          </div>
          {actions === undefined ? null : (
            <div className={`flex min-h-7 flex-wrap items-center gap-2 ${isUnderThumb ? UNDER_THUMB : ""}`}>
              {actions}
            </div>
          )}
        </div>
        {tabs}
      </header>
      <div className={`flex min-h-0 flex-1 flex-col p-4 max-sm:p-3 ${isUnderThumb ? "max-sm:pb-20" : ""}`}>
        {children}
      </div>
    </div>
  );
}
