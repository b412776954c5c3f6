import type { VersionManifest, WebhookSpec } from "@millrace/core";

/** The webhook that a path names. */
export interface FoundHook {
  readonly flow: string;
  readonly spec: WebhookSpec;
}

/**
 * Finds the webhook of `/hooks/<flow>` or `/hooks/<flow>/<name>`. Without a name it is the flow's only one, or the one
 * that is called `webhook`.
 *
 * @param path what stands behind `/hooks/`, decoded.
 */
export function findHook({ flows }: VersionManifest, path: string): FoundHook | undefined {
  const hooks = flows.flatMap(({ spec }) =>
    spec.triggers.filter((each) => each.kind === "webhook").map((each) => ({ flow: spec.name, spec: each })),
  );
  const ofFlow = hooks.filter(({ flow }) => flow === path);
  const [only] = ofFlow;
  if (only !== undefined && ofFlow.length === 1) return only;
  return (
    ofFlow.find(({ spec }) => spec.name === "webhook") ??
    hooks.find(({ flow, spec }) => `${flow}/${spec.name}` === path)
  );
}
