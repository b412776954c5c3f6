import { Link } from "@tanstack/react-router";
import { type KeyboardEvent, memo, useMemo, useState } from "react";
import { Icon } from "../../ui/icon.tsx";
import { LOOKS, TONE_SOFT, TONE_TEXT } from "../../ui/states.ts";
import { Duration, Instant } from "../../ui/time.tsx";
import { numberText } from "./backfill-state.tsx";
import { LargeMatrix } from "./large-matrix.tsx";
import { type BackfillRun, cellsOf, groupsOf, type MatrixCell, type MatrixGroup } from "./matrix-cells.ts";
import { productLayout } from "./matrix-layout.ts";

/** More cells than these are drawn, and are no links of their own. */
const MOST_LINKS = 1_500;
/** Of what is not begun yet, so many have a cell. */
const MOST_TO_COME = 400;
const WAITING_CELL = "flex size-6 items-center justify-center rounded-sm border border-dashed border-line text-ink-3";

/** A cell for each run of the plan: colour and icon at a glance, words on hover and focus, and the run itself behind it. */
export function PartitionMatrix({ runs, toCome }: { readonly runs: readonly BackfillRun[]; readonly toCome: number }) {
  const cells = useMemo(() => cellsOf(runs), [runs]);
  const isProduct = useMemo(() => productLayout(cells) !== undefined, [cells]);
  if (cells.length <= MOST_LINKS && !isProduct) return <LinkMatrix cells={cells} toCome={toCome} />;
  return (
    <>
      <LargeMatrix cells={cells} />
      {toCome <= 0 ? null : (
        <p className="border-t border-line px-3 py-1.5 text-ink-2">{numberText(toCome)} not begun</p>
      )}
    </>
  );
}

function LinkMatrix({ cells: all, toCome }: { readonly cells: readonly MatrixCell[]; readonly toCome: number }) {
  const groups = useMemo(() => groupsOf(all), [all]);
  const [shown, setShown] = useState<string>();
  const cell = groups.flatMap(({ cells }) => cells).find(({ run }) => run.rootRun === shown);
  return (
    <>
      <div className="max-h-[60vh] overflow-y-auto p-3">
        <Cells groups={groups} onShow={setShown} />
        <ToCome count={toCome} />
      </div>
      <p className="flex min-h-9 flex-wrap items-center gap-x-3 border-t border-line px-3 py-1.5 text-ink-2">
        {cell === undefined ? "Each cell is a run: point at one, or move with the arrow keys." : <Words cell={cell} />}
      </p>
    </>
  );
}

/** Drawn anew when runs change, and not because another cell is pointed at. */
const Cells = memo(function Cells({
  groups,
  onShow,
}: {
  readonly groups: readonly MatrixGroup[];
  readonly onShow: (rootRun: string) => void;
}) {
  const first = groups[0]?.cells[0];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the links within it are what has focus
    <div onKeyDown={moveFocus} className="flex flex-col gap-1.5">
      {groups.map(({ name, cells }) => (
        <section
          key={`${name} ${cells[0]?.run.rootRun}`}
          aria-label={name || "Runs"}
          className="flex gap-3 max-sm:flex-col max-sm:gap-1"
        >
          {name === "" ? null : <span className="w-20 shrink-0 pt-1 text-2xs text-ink-3">{name}</span>}
          <div className="flex flex-wrap gap-1">
            {cells.map((cell) => (
              <Cell key={cell.run.rootRun} cell={cell} isFirst={cell === first} onShow={onShow} />
            ))}
          </div>
        </section>
      ))}
    </div>
  );
});

function Cell({
  cell,
  isFirst,
  onShow,
}: {
  readonly cell: MatrixCell;
  readonly isFirst: boolean;
  readonly onShow: (rootRun: string) => void;
}) {
  const { label, run } = cell;
  const { text, icon, tone } = LOOKS[run.state];
  const show = (): void => onShow(run.rootRun);
  return (
    <Link
      to="/runs/$run"
      params={{ run: run.run }}
      preload={false}
      data-cell
      // One stop for the tab key: within the matrix the arrow keys move.
      tabIndex={isFirst ? 0 : -1}
      aria-label={`${label}: ${text}`}
      title={`${label}: ${text}`}
      onPointerEnter={show}
      onFocus={show}
      className={`flex size-6 items-center justify-center rounded-sm hover:brightness-95 dark:hover:brightness-125 ${TONE_SOFT[tone]} ${TONE_TEXT[tone]}`}
    >
      <Icon name={icon} size={12} className={icon === "spinner" ? "spin" : ""} />
    </Link>
  );
}

function Words({ cell: { label, run, repeats } }: { readonly cell: MatrixCell }) {
  const { text, tone } = LOOKS[run.state];
  return (
    <>
      <span className="font-medium text-ink">{label}</span>
      <span className={TONE_TEXT[tone]}>{text}</span>
      <span>
        made <Instant at={run.createdAt} relative />
        {run.endedAt === null ? null : (
          <>
            , took <Duration from={run.createdAt} to={run.endedAt} />
          </>
        )}
      </span>
      {repeats === 0 ? null : <span>{repeats === 1 ? "repeated once" : `repeated ${repeats} times`}</span>}
    </>
  );
}

function ToCome({ count }: { readonly count: number }) {
  if (count <= 0) return null;
  return (
    <div className="mt-3">
      <p className="mb-1 text-2xs text-ink-3">{numberText(count)} not begun</p>
      <div aria-hidden="true" className="flex flex-wrap gap-1">
        {Array.from({ length: Math.min(count, MOST_TO_COME) }, (_, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they have nothing but their place
          <span key={place} className={WAITING_CELL}>
            <Icon name="dot" size={12} />
          </span>
        ))}
      </div>
    </div>
  );
}

/** Left and right go along all cells; up and down to the nearest cell of the line above or below. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-cell]")];
  const at = all.indexOf(event.target as HTMLElement);
  const next = at < 0 ? undefined : all[placeAfter(event.key, all, at)];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

function placeAfter(key: string, all: readonly HTMLElement[], at: number): number {
  switch (key) {
    case "ArrowRight":
      return at + 1;
    case "ArrowLeft":
      return at - 1;
    case "Home":
      return 0;
    case "End":
      return all.length - 1;
    case "ArrowDown":
      return nearestLine(all, at, 1);
    case "ArrowUp":
      return nearestLine(all, at, -1);
    default:
      return -1;
  }
}

function nearestLine(all: readonly HTMLElement[], at: number, step: 1 | -1): number {
  const own = (all[at] as HTMLElement).getBoundingClientRect();
  let best = -1;
  let line: number | undefined;
  let distance = Number.POSITIVE_INFINITY;
  for (let place = at + step; place >= 0 && place < all.length; place += step) {
    const box = (all[place] as HTMLElement).getBoundingClientRect();
    if (box.top === own.top) continue;
    line ??= box.top;
    if (box.top !== line) break;
    if (Math.abs(box.left - own.left) < distance) [best, distance] = [place, Math.abs(box.left - own.left)];
  }
  return best;
}
