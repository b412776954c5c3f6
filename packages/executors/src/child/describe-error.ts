import { type ErrorInfo, toErrorInfo } from "@millrace/core";
import type { SecretMask } from "../logs/secret-mask.ts";
import type { BundleSources } from "./bundle-sources.ts";

const MAX_STACK_LINES = 40;
const MAX_MESSAGE_LENGTH = 32 * 1024;

/** Our own modules in a stack tell the author nothing. */
const OWN_FRAMES = new RegExp(`^\\s+at .*(?:node:internal/|${RegExp.escape(new URL(".", import.meta.url).pathname)})`);

/** What a thrown value becomes: plain data, its places in the author's sources, no secrets in it. */
export class ErrorDescriber {
  readonly #sources: BundleSources;
  readonly #mask: SecretMask;

  constructor(sources: BundleSources, mask: SecretMask) {
    this.#sources = sources;
    this.#mask = mask;
  }

  describe(thrown: unknown): ErrorInfo {
    return this.#refine(toErrorInfo(thrown));
  }

  #refine(info: ErrorInfo): ErrorInfo {
    const frame = info.frame ?? (info.stack === null ? null : this.#sources.frameOf(info.stack));
    return {
      ...info,
      name: this.#clean(info.name),
      hint: info.hint === null ? null : this.#clean(info.hint),
      message: this.#clean(info.message.slice(0, MAX_MESSAGE_LENGTH)),
      stack: info.stack === null ? null : this.#clean(shorten(info.stack)),
      frame: frame === null ? null : this.#mask.mask(frame),
      cause: info.cause === null ? null : this.#refine(info.cause),
    };
  }

  #clean(text: string): string {
    return this.#mask.mask(text);
  }
}

function shorten(stack: string): string {
  const lines = stack.slice(0, 2 * MAX_MESSAGE_LENGTH).split("\n");
  return lines
    .filter((line) => !OWN_FRAMES.test(line))
    .slice(0, MAX_STACK_LINES)
    .join("\n");
}
