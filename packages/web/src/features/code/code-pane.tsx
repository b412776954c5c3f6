import { useEffect, useRef, useState } from "react";
import { server } from "../../api/server.ts";
import { Problem } from "../../ui/notices.tsx";
import type { LineMark, Reader } from "./reader.ts";

const load = () => import("./reader.ts");
/** A browser may remember that a part did not come. While nothing answers, to load anew would leave the browser's own page. */
const readAnew = (): void =>
  void server.call("getHealth").then(
    () => location.reload(),
    () => undefined,
  );

/** The text of a file, to read. */
export function CodePane({
  path,
  text,
  line,
  marks,
  onLine,
}: {
  readonly path: string;
  readonly text: string;
  readonly line: number | undefined;
  readonly marks: readonly LineMark[];
  readonly onLine: (line: number) => void;
}) {
  const host = useRef<HTMLDivElement>(null);
  const [reader, setReader] = useState<Reader>();
  const [failure, setFailure] = useState<unknown>();
  const told = useRef(onLine);
  told.current = onLine;
  useEffect(() => {
    let isOver = false;
    let opened: Reader | undefined;
    load().then(({ openReader }) => {
      if (isOver || host.current === null) return;
      opened = openReader(host.current, { path, text, onLine: (at) => told.current(at) });
      setReader(opened);
    }, setFailure);
    return () => {
      isOver = true;
      opened?.destroy();
      setReader(undefined);
    };
  }, [path, text]);
  useEffect(() => reader?.mark(marks), [reader, marks]);
  useEffect(() => reader?.goTo(line), [reader, line]);
  if (failure !== undefined) return <Problem error={failure} onRetry={readAnew} />;
  return <div ref={host} data-code={path} className="h-full min-h-40" />;
}

/** From how wide on two texts stand beside each other, in pixels. */
const WIDE = 900;

/** What differs between two texts of a file. */
export function DiffPane({
  path,
  before,
  after,
}: {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}) {
  const host = useRef<HTMLDivElement>(null);
  const [isWide, setWide] = useState(() => window.innerWidth >= WIDE);
  const [failure, setFailure] = useState<unknown>();
  useEffect(() => {
    const media = window.matchMedia(`(min-width: ${WIDE}px)`);
    const turn = (): void => setWide(media.matches);
    turn();
    media.addEventListener("change", turn);
    return () => media.removeEventListener("change", turn);
  }, []);
  useEffect(() => {
    let isOver = false;
    let opened: { destroy(): void } | undefined;
    load().then(({ openDiff }) => {
      if (!isOver && host.current !== null) opened = openDiff(host.current, { path, before, after, isWide });
    }, setFailure);
    return () => {
      isOver = true;
      opened?.destroy();
    };
  }, [path, before, after, isWide]);
  if (failure !== undefined) return <Problem error={failure} onRetry={readAnew} />;
  return <div ref={host} data-diff={path} className="min-h-10 overflow-x-auto" />;
}
