// The parts that read code. They are large, and loaded only where code is shown.
import { javascript } from "@codemirror/lang-javascript";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState, type Extension, RangeSetBuilder, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  GutterMarker,
  gutter,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** A quiet dot beside a line, with what it says. */
export interface LineMark {
  /** From 1. */
  readonly line: number;
  /** A name of a colour of the style sheet: `success`, `failed` … */
  readonly tone: string;
  readonly text: string;
}

export interface Reader {
  /** Marks a line and brings it into view; none with undefined. */
  goTo(line: number | undefined): void;
  mark(marks: readonly LineMark[]): void;
  destroy(): void;
}

const COLLAPSED = { margin: 3, minSize: 6 };

const HIGHLIGHT = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword], color: "var(--color-waiting)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "var(--color-success)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--color-blocked)" },
  { tag: [tags.comment], color: "var(--color-ink-3)", fontStyle: "italic" },
  { tag: [tags.typeName, tags.className], color: "var(--color-running)" },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: "var(--color-accent)" },
]);

const LOOK = EditorView.theme({
  "&": { color: "var(--color-ink)", backgroundColor: "transparent", height: "100%", fontSize: "0.75rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "1.25rem" },
  ".cm-content": { padding: "6px 0", caretColor: "transparent" },
  ".cm-content:focus-visible": { outline: "2px solid var(--color-accent)", outlineOffset: "-2px" },
  ".cm-line": { padding: "0 12px 0 4px" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--color-ink-3)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 8px 0 10px", cursor: "pointer", minWidth: "3em" },
  ".cm-here": { backgroundColor: "var(--color-accent-soft)", boxShadow: "inset 2px 0 var(--color-accent)" },
  ".cm-marks .cm-gutterElement": { width: "14px", display: "flex", alignItems: "center", justifyContent: "center" },
  ".cm-mark": { width: "7px", height: "7px", borderRadius: "50%" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection": {
    backgroundColor: "color-mix(in oklab, var(--color-accent) 28%, transparent)",
  },
  "&.cm-merge-a .cm-changedLine, .cm-deletedChunk": { backgroundColor: "var(--color-failed-soft)" },
  "&.cm-merge-b .cm-changedLine, .cm-inlineChangedLine": { backgroundColor: "var(--color-success-soft)" },
  "&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText": {
    background: "none",
    textDecoration: "underline 2px var(--color-failed)",
    textUnderlineOffset: "3px",
  },
  "&.cm-merge-b .cm-changedText": {
    background: "none",
    textDecoration: "underline 2px var(--color-success)",
    textUnderlineOffset: "3px",
  },
  "&.cm-merge-b .cm-changedLineGutter": { background: "var(--color-success)" },
  "&.cm-merge-a .cm-changedLineGutter, .cm-deletedLineGutter": { background: "var(--color-failed)" },
  ".cm-deletedChunk": { paddingLeft: "4px" },
  ".cm-collapsedLines": {
    color: "var(--color-ink-2)",
    background: "var(--color-sunken)",
    fontFamily: "var(--font-sans)",
    padding: "2px 12px",
  },
  ".cm-collapsedLines:before, .cm-collapsedLines:after": { content: "''", margin: "0" },
});

/** What all have: nothing can be written. */
function base(path: string, label: string): Extension[] {
  const isScript = /\.[cm]?[jt]sx?$/.test(path);
  const typescript = /\.[cm]?tsx?$/.test(path);
  return [
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of({ tabindex: "0", "aria-label": label, "aria-readonly": "true" }),
    ...(isScript ? [javascript({ typescript, jsx: path.endsWith("x") })] : []),
    syntaxHighlighting(HIGHLIGHT),
    LOOK,
  ];
}

const setHere = StateEffect.define<number | undefined>();
const HERE = Decoration.line({ class: "cm-here" });

const here = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(lines, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setHere)) continue;
      const line = effect.value;
      if (line === undefined || line < 1 || line > transaction.state.doc.lines) return Decoration.none;
      return Decoration.set([HERE.range(transaction.state.doc.line(line).from)]);
    }
    return lines;
  },
  provide: (field) => EditorView.decorations.from(field),
});

class Dot extends GutterMarker {
  readonly #mark: LineMark;

  constructor(mark: LineMark) {
    super();
    this.#mark = mark;
  }

  override eq(other: GutterMarker): boolean {
    return other instanceof Dot && other.#mark.tone === this.#mark.tone && other.#mark.text === this.#mark.text;
  }

  override toDOM(): Node {
    const dot = document.createElement("div");
    dot.className = "cm-mark";
    dot.style.backgroundColor = `var(--color-${this.#mark.tone})`;
    dot.title = this.#mark.text;
    return dot;
  }
}

const setMarks = StateEffect.define<readonly LineMark[]>();

const marked = StateField.define<readonly LineMark[]>({
  create: () => [],
  update: (marks, { effects }) => effects.find((effect) => effect.is(setMarks))?.value ?? marks,
});

function dots(view: EditorView) {
  const builder = new RangeSetBuilder<GutterMarker>();
  const { doc } = view.state;
  const ordered = view.state.field(marked).toSorted((a, b) => a.line - b.line);
  for (const mark of ordered)
    if (mark.line <= doc.lines) builder.add(doc.line(mark.line).from, doc.line(mark.line).from, new Dot(mark));
  return builder.finish();
}

/** The place of styles and of the code: the page's policy takes styles of scripts only behind a root of their own. */
function rootIn(host: HTMLElement): ShadowRoot {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  root.replaceChildren();
  return root;
}

/** Shows a text with the numbers of its lines. @param onLine told of the line whose number is pressed. */
export function openReader(
  host: HTMLElement,
  { path, text, onLine }: { readonly path: string; readonly text: string; readonly onLine: (line: number) => void },
): Reader {
  const root = rootIn(host);
  const view = new EditorView({
    doc: text,
    root,
    parent: root,
    extensions: [
      ...base(path, path),
      here,
      marked,
      gutter({
        class: "cm-marks",
        markers: dots,
        lineMarkerChange: ({ transactions }) =>
          transactions.some(({ effects }) => effects.some((effect) => effect.is(setMarks))),
      }),
      lineNumbers({
        domEventHandlers: {
          mousedown(editor, block) {
            onLine(editor.state.doc.lineAt(block.from).number);
            return true;
          },
        },
      }),
      drawSelection(),
    ],
  });
  return {
    goTo(line) {
      const known = line !== undefined && line >= 1 && line <= view.state.doc.lines;
      const scroll = known ? [EditorView.scrollIntoView(view.state.doc.line(line).from, { y: "center" })] : [];
      view.dispatch({ effects: [setHere.of(known ? line : undefined), ...scroll] });
    },
    mark: (marks) => view.dispatch({ effects: setMarks.of(marks) }),
    destroy: () => view.destroy(),
  };
}

/** Shows only what differs between two texts: beside each other, or one below the other where there is little room. */
export function openDiff(
  host: HTMLElement,
  {
    path,
    before,
    after,
    isWide,
  }: { readonly path: string; readonly before: string; readonly after: string; readonly isWide: boolean },
): { destroy(): void } {
  const root = rootIn(host);
  if (!isWide) {
    return new EditorView({
      doc: after,
      root,
      parent: root,
      extensions: [
        ...base(path, `${path}, what changed`),
        lineNumbers(),
        unifiedMergeView({
          original: before,
          mergeControls: false,
          collapseUnchanged: COLLAPSED,
          syntaxHighlightDeletions: true,
        }),
      ],
    });
  }
  return new MergeView({
    root,
    parent: root,
    a: { doc: before, extensions: [...base(path, `${path}, before`), lineNumbers()] },
    b: { doc: after, extensions: [...base(path, `${path}, after`), lineNumbers()] },
    collapseUnchanged: COLLAPSED,
  });
}
