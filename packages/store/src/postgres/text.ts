/**
 * PostgreSQL's text has every character but one, U+0000, which values of users may have. Substitute, a control character
 * that stands for what cannot be shown, takes its place, and its own: as two characters each.
 */
const NUL = "\u0000";
const SUBSTITUTE = "\u001a";
const FOR_NUL = `${SUBSTITUTE}0`;
const FOR_SUBSTITUTE = `${SUBSTITUTE}1`;

export function escapeText(text: string): string {
  if (!text.includes(NUL) && !text.includes(SUBSTITUTE)) return text;
  return text.replaceAll(SUBSTITUTE, FOR_SUBSTITUTE).replaceAll(NUL, FOR_NUL);
}

export function unescapeText(text: string): string {
  if (!text.includes(SUBSTITUTE)) return text;
  return text.replaceAll(FOR_NUL, NUL).replaceAll(FOR_SUBSTITUTE, SUBSTITUTE);
}
