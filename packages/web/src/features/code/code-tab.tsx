import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import type { FlowCode, FlowVersion } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { Answered, Empty } from "../../ui/notices.tsx";
import { CodeSide } from "./code-side.tsx";
import { FileView } from "./file-view.tsx";
import { placeOfTask } from "./places.ts";
import { VersionBar } from "./version-bar.tsx";
import { VersionDiff } from "./version-diff.tsx";
import { plainTask } from "./versions.ts";

const route = getRouteApi("/flows/$flow");
/** The newest versions, to choose from. */
const VERSIONS = 100;

/** What a flow is written in: now, in a version, or how two versions differ. */
export function CodeTab({ flow }: { readonly flow: string }) {
  const { version, against } = route.useSearch();
  const navigate = useNavigate({ from: "/flows/$flow" });
  const query = version === undefined ? {} : { version };
  const code = useApi("getFlowCode", { params: { flow }, query });
  const versions = useApi("listFlowVersions", { params: { flow }, query: { limit: VERSIONS } });
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-3">
      <Answered of={code}>
        {code.data === undefined ? null : (
          <>
            <VersionBar
              flow={flow}
              code={code.data}
              versions={versions.data?.items ?? []}
              against={against}
              onChange={(next) => void navigate({ search: (old) => ({ ...old, ...next }) })}
            />
            {against === undefined ? (
              <Reading flow={flow} code={code.data} versions={versions.data?.items ?? []} />
            ) : (
              <VersionDiff flow={flow} version={code.data.version} against={against} />
            )}
          </>
        )}
      </Answered>
    </div>
  );
}

function Reading({
  flow,
  code,
  versions,
}: {
  readonly flow: string;
  readonly code: FlowCode;
  readonly versions: readonly FlowVersion[];
}) {
  const { file, line, task } = route.useSearch();
  const navigate = useNavigate({ from: "/flows/$flow" });
  const asked = task === undefined ? undefined : code.tasks.find(({ id }) => plainTask(id) === plainTask(task));
  const place = asked === undefined ? null : placeOfTask(asked);
  const path = file ?? place?.file ?? code.flow?.file ?? code.files[0]?.path;
  const shown = useMemo(() => code.files.find((each) => each.path === path) ?? code.files[0], [code, path]);
  if (!code.isKept || shown === undefined) return <NoSources code={code} versions={versions} />;
  return (
    <div className="flex min-h-0 flex-1 gap-3 max-lg:flex-col">
      <CodeSide
        flow={flow}
        code={code}
        file={shown.path}
        task={asked?.id}
        onFile={(next) => {
          void navigate({ search: (old) => ({ ...old, file: next, line: undefined, task: undefined }), replace: true });
        }}
        onTask={(next) => {
          void navigate({ search: (old) => ({ ...old, task: next, file: undefined, line: undefined }), replace: true });
        }}
      />
      <FileView
        flow={flow}
        code={code}
        file={shown}
        line={line ?? (place?.file === shown.path ? place.line : undefined)}
        onLine={(next) => {
          void navigate({
            search: (old) => ({ ...old, file: shown.path, line: next, task: undefined }),
            replace: true,
          });
        }}
      />
    </div>
  );
}

function NoSources({ code, versions }: { readonly code: FlowCode; readonly versions: readonly FlowVersion[] }) {
  const isOnly = versions.length < 2;
  return (
    <div className="rounded-lg border border-line bg-surface">
      <Empty icon="code" title="The files of this version were not kept">
        {code.isKept
          ? "They were too many, or too large together."
          : "It was made before Millrace kept them. The next version, made when a file changes, will have them."}
        {isOnly ? "" : " Choose another version above."}
      </Empty>
    </div>
  );
}
