import type { BuildResult } from "../versions/build-result.ts";
import type { Diagnostic } from "../versions/diagnostic.ts";

/** What builds of this process came to, for whoever shows it. */
export class BuildNews {
  readonly #listeners = new Set<() => void>();
  #diagnostics: readonly Diagnostic[];
  #version: BuildResult["version"];

  constructor(build: BuildResult | null) {
    this.#diagnostics = build?.diagnostics ?? [];
    this.#version = build?.version ?? null;
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.#diagnostics;
  }

  on(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Tells of what is another than before. */
  take({ diagnostics, version }: BuildResult): void {
    const isSame = JSON.stringify(diagnostics) === JSON.stringify(this.#diagnostics);
    if (isSame && (version === null || version === this.#version)) return;
    this.#diagnostics = diagnostics;
    this.#version = version ?? this.#version;
    for (const listener of this.#listeners) listener();
  }
}
