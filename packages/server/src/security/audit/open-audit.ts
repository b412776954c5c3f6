import { openStore } from "@millrace/store";
import { prepareDataDir } from "../../project/open-project.ts";
import type { Project } from "../../project/project.ts";
import { ProjectAudit } from "./project-audit.ts";

/** Opens the audit of a project and closes it whatever happens. Nobody has to lead for that. */
export async function withAudit<Result>(
  project: Project,
  work: (audit: ProjectAudit) => Promise<Result>,
): Promise<Result> {
  prepareDataDir(project);
  const store = await openStore(project.database);
  try {
    return await work(new ProjectAudit(store.audit));
  } finally {
    await store.close();
  }
}
