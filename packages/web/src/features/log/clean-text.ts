const ESCAPE = String.fromCharCode(27);
const BELL = String.fromCharCode(7);
/** Orders to a terminal that are no colours: titles, links, fonts. */
const TITLES = new RegExp(`${ESCAPE}[\\]PX^_].*?(?:${BELL}|${ESCAPE}\\\\|$)`, "g");
/** Any other order of two characters; colours begin with a bracket and stay. */
const ORDERS = new RegExp(`${ESCAPE}(?!\\[)[ -/]*.?`, "g");
/** What moves the pen or rings a bell, halves of signs, and signs that turn around what stands beside them. */
const ANYTHING_ODD = /[\p{Cc}\p{Cs}\p{Bidi_Control}]/u;

/**
 * A line as it would be read on a terminal, without what it could do there: of a progress bar that was drawn over and over
 * its last picture, and control characters as signs that can be seen. Colours are left in.
 */
export function cleanText(text: string): string {
  if (!ANYTHING_ODD.test(text)) return text;
  return (
    lastDrawn(text)
      .toWellFormed()
      .replace(TITLES, "")
      .replace(ORDERS, "")
      .replace(/\p{Cc}/gu, pictureOf)
      // They can make a line say something else than was written.
      .replace(/\p{Bidi_Control}/gu, (sign) => `[U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}]`)
  );
}

/** What was drawn last where the pen went back to the beginning of the line. */
function lastDrawn(text: string): string {
  if (!text.includes("\r")) return text;
  return text.split("\r").findLast((part) => part !== "") ?? "";
}

/** Unicode has pictures of control characters. A tab is a space like others, and colours are for later. */
function pictureOf(sign: string): string {
  if (sign === "\t" || sign === ESCAPE) return sign;
  const code = sign.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : "\ufffd";
}
