/**
 * The delay that a `Retry-After` header asks for, in milliseconds: seconds or a date (RFC 9110, 10.2.3). Null for none,
 * or for what is neither.
 */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1_000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}
