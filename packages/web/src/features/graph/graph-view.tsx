import { type KeyboardEvent, type RefObject, useMemo, useRef } from "react";
import type { FlowNode, TaskRun } from "../../api/shapes.ts";
import { IconButton } from "../../ui/button.tsx";
import { Empty, Loading } from "../../ui/notices.tsx";
import { dependenciesOf, reachOf } from "./dependencies.ts";
import { type GraphAddress, membersNamed, openAddress, openFor, openIn, shownIn } from "./graph-address.ts";
import type { GraphCanvas } from "./graph-canvas.ts";
import { GraphMirror, optionId } from "./graph-mirror.tsx";
import type { GraphScene } from "./graph-scene.ts";
import { GraphTools } from "./graph-tools.tsx";
import { neighbourOf } from "./neighbours.ts";
import { summariesOf } from "./node-summary.ts";
import { itemNamed } from "./picture.ts";
import { useCanvas, usePresses } from "./use-canvas.ts";
import { type Painted, usePicture } from "./use-picture.ts";

export interface GraphProps {
  readonly nodes: readonly FlowNode[];
  /** Of the run whose graph it is. */
  readonly taskRuns?: readonly TaskRun[] | undefined;
  /** Of each node, how many task runs wait for a slot: they are in no row until they start. */
  readonly queued?: ReadonlyMap<string, number> | undefined;
  /** By their ids, the tasks that decided how long the run took. */
  readonly critical?: readonly string[] | undefined;
  readonly address: GraphAddress;
  /** Changes the address. */
  readonly onChange: (change: GraphAddress) => void;
  /** Asked for by a double click or Enter. */
  readonly onOpen?: (id: string) => void;
}

/**
 * The graph of a flow, drawn on a canvas. What the keyboard is on, and what leads to it and on from it, stands beside it
 * as a list for those who do not see it.
 */
export function GraphView(props: GraphProps) {
  const { nodes, address } = props;
  const shown = useMemo(
    () => shownIn({ root: address.root, around: address.around, depth: address.depth }, nodes),
    [nodes, address.root, address.around, address.depth],
  );
  const openKey = address.open?.join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: a list from an address is new with every address
  const open = useMemo(() => openIn({ open: address.open }, shown), [openKey, shown]);
  const painted = usePicture(shown, open);
  if (nodes.length === 0) return <Empty icon="flows" title="This flow has no tasks" />;
  if (painted === undefined) return <Loading />;
  return <Drawn {...props} painted={painted} />;
}

const NONE: readonly number[] = [];

function Drawn(props: GraphProps & { readonly painted: Painted }) {
  const { painted, address, onChange } = props;
  const scene = useScene(props);
  const { selected } = scene;
  const canvas = useRef<HTMLCanvasElement>(null);
  const minimap = useRef<HTMLCanvasElement>(null);
  const view = useCanvas({ canvas, minimap }, scene);
  const { find, onKeyDown, ...acts } = actsOf(props, scene, view);
  const press = usePresses(view, acts);
  return (
    <div className="flex h-full min-h-80 flex-col overflow-hidden rounded-lg border border-line bg-surface">
      <GraphTools
        nodes={props.nodes}
        painted={painted}
        address={address}
        onChange={onChange}
        onFind={find}
        hasRun={props.taskRuns !== undefined}
      />
      <div className="relative min-h-0 flex-1 overflow-hidden">
        <div
          role="listbox"
          tabIndex={0}
          aria-label="Graph of the tasks"
          aria-description="Arrow keys move along it, Enter opens a task or a group, Backspace closes the group around, plus, minus and 0 change its size."
          aria-activedescendant={selected < 0 ? undefined : optionId(selected)}
          onKeyDown={onKeyDown}
          className="absolute inset-0 touch-none"
          {...press}
        >
          <canvas ref={canvas} className="size-full" />
          <GraphMirror scene={scene} />
        </div>
        <canvas
          ref={minimap}
          hidden
          className="absolute bottom-2 left-2 cursor-crosshair touch-none rounded-md border border-line bg-raised max-sm:hidden"
        />
        <div className="absolute right-2 bottom-2 flex rounded-md border border-line bg-raised">
          <IconButton icon="minus" label="Smaller" onClick={() => view.current?.zoomBy(0.8)} />
          <IconButton icon="plus" label="Larger" onClick={() => view.current?.zoomBy(1.25)} />
          <IconButton icon="fit" label="Show all" onClick={() => view.current?.fit()} />
        </div>
      </div>
    </div>
  );
}

/** What is done to what is seen: by pointer, by keyboard, and by the field that finds. */
function actsOf(
  { painted: { nodes, picture }, onChange, onOpen }: GraphProps & { readonly painted: Painted },
  scene: GraphScene,
  view: RefObject<GraphCanvas | null>,
) {
  const { selected } = scene;
  const select = (at: number | undefined): void =>
    onChange({ task: at === undefined ? undefined : picture.items[at]?.key });
  const toggle = (at: number): void => {
    const box = picture.items[at];
    if (box?.isOpen === undefined) return;
    const open = box.isOpen ? picture.open.filter((key) => key !== box.key) : [...picture.open, box.key];
    onChange({ open: openAddress(open), task: box.key });
  };
  const enter = (at: number): void => {
    const box = picture.items[at];
    if (box?.isOpen !== undefined) toggle(at);
    else if (box !== undefined) onOpen?.(box.key);
  };
  const find = (id: string): void => {
    const open = openFor(nodes, id, picture.open);
    onChange({ task: id, ...(open.length === picture.open.length ? {} : { open: openAddress(open) }) });
    view.current?.revealNext(id);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = neighbourOf(scene, selected, event.key);
    const parent = picture.items[selected]?.parent ?? -1;
    if (next !== undefined) {
      select(next);
      view.current?.reveal(next);
    } else if (event.key === "Enter" && selected >= 0) enter(selected);
    else if (event.key === "Escape" && selected >= 0) select(undefined);
    else if (event.key === "Backspace" && parent >= 0) toggle(parent);
    else if (event.key === "+" || event.key === "=") view.current?.zoomBy(1.25);
    else if (event.key === "-") view.current?.zoomBy(0.8);
    else if (event.key === "0") view.current?.fit();
    else return;
    event.preventDefault();
  };
  return { select, toggle, enter, find, onKeyDown };
}

/** What follows from the address and from what is known of the run. */
function useScene({
  painted: { nodes, picture },
  nodes: all,
  taskRuns,
  queued,
  critical,
  address: { task, path },
}: GraphProps & { readonly painted: Painted }): GraphScene {
  const places = useMemo(() => new Map(nodes.map(({ id }, place) => [id, place])), [nodes]);
  const summaries = useMemo(() => {
    if (taskRuns === undefined) return undefined;
    // Where only a part of the flow is shown, its nodes have other places.
    const own =
      nodes === all
        ? taskRuns
        : taskRuns.flatMap((row) => {
            const place = places.get(all[row.node]?.id ?? "");
            return place === undefined ? [] : [{ ...row, node: place }];
          });
    return summariesOf(picture, { nodes, taskRuns: own, queued });
  }, [picture, nodes, all, places, taskRuns, queued]);
  const chain = useMemo(
    () => (path === undefined ? NONE : (critical ?? []).flatMap((id) => places.get(id) ?? [])),
    [path, critical, places],
  );
  const dependencies = useMemo(() => dependenciesOf(nodes), [nodes]);
  const related = useMemo(() => {
    if (chain.length > 0) return new Set(chain);
    const members = membersNamed(nodes, task);
    if (members.length === 0) return undefined;
    return new Set(members.flatMap((member) => [...reachOf(dependencies, member, { direction: "both" })]));
  }, [chain, nodes, task, dependencies]);
  return useMemo(
    () => ({
      picture,
      nodes,
      dependencies,
      summaries,
      selected: itemNamed(picture, nodes, task),
      related,
      critical: chain,
    }),
    [picture, nodes, dependencies, summaries, task, related, chain],
  );
}
