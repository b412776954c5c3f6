/**
 * Two classes that are no part of the language and still occur in values. Core knows them by what it needs of them and
 * finds them where they are: every platform has `URL`; `Buffer` is Node's.
 */

interface UrlLike {
  readonly href: string;
}

interface Platform {
  readonly URL: new (text: string) => UrlLike;
  readonly Buffer?: { isBuffer(value: unknown): boolean; from(bytes: ArrayBuffer): Uint8Array };
}

const platform = globalThis as unknown as Platform;

export function isUrl(value: object): value is UrlLike {
  return value instanceof platform.URL;
}

export function makeUrl(text: string): UrlLike {
  return new platform.URL(text);
}

export function isBuffer(value: object): boolean {
  return platform.Buffer?.isBuffer(value) === true;
}

/** The bytes as a Buffer over the same memory, or as they are where there is none. */
export function makeBuffer(bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  return platform.Buffer?.from(bytes.buffer) ?? bytes;
}
