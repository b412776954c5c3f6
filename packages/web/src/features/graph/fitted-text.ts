export const SANS = '"Inter", ui-sans-serif, system-ui, -apple-system, "Segoe UI", "Open Sans", sans-serif';

const known = new Map<string, string>();

/** A text that ends with an ellipsis where there is no room for more. */
export function fitted(context: CanvasRenderingContext2D, text: string, room: number): string {
  const key = `${context.font} ${room} ${text}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  let short = text;
  if (context.measureText(text).width > room) {
    let [fits, tooLong] = [0, text.length];
    while (tooLong - fits > 1) {
      const half = (fits + tooLong) >> 1;
      if (context.measureText(`${text.slice(0, half)}…`).width > room) tooLong = half;
      else fits = half;
    }
    short = fits === 0 ? "" : `${text.slice(0, fits)}…`;
  }
  if (known.size > 20_000) known.clear();
  known.set(key, short);
  return short;
}
