import type { Tone } from "./states.ts";

type Token =
  | Tone
  | `${Tone}-soft`
  | "surface"
  | "canvas"
  | "line"
  | "line-strong"
  | "ink"
  | "ink-2"
  | "ink-3"
  | "accent"
  | "accent-soft"
  | "sunken";

const TOKENS: readonly Token[] = [
  "success",
  "failed",
  "blocked",
  "running",
  "waiting",
  "idle",
  "success-soft",
  "failed-soft",
  "blocked-soft",
  "running-soft",
  "waiting-soft",
  "idle-soft",
  "surface",
  "canvas",
  "line",
  "line-strong",
  "ink",
  "ink-2",
  "ink-3",
  "accent",
  "accent-soft",
  "sunken",
];

export type Colors = Readonly<Record<Token, string>>;

/** The colours of the theme that is shown now, as a canvas takes them: the style sheet's own are pairs of two. */
export function colorsNow(): Colors {
  const probe = document.createElement("span");
  document.body.append(probe);
  const pairs = TOKENS.map((token) => {
    probe.style.color = `var(--color-${token})`;
    return [token, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(pairs) as unknown as Colors;
}

/** Told whenever the theme changes, by hand or by the system. Gives what ends it. */
export function onThemeChange(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", listener);
  return () => {
    observer.disconnect();
    system.removeEventListener("change", listener);
  };
}

/** Gives a canvas as many pixels as the screen has for it, and a context that counts in CSS pixels. */
export function sizedContext(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D | null {
  const ratio = devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  const context = canvas.getContext("2d");
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}
