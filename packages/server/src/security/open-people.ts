import { openStore } from "@millrace/store";
import { prepareDataDir } from "../project/open-project.ts";
import type { Project } from "../project/project.ts";
import { commandOrigin, ProjectAudit } from "./audit/project-audit.ts";
import { People } from "./people.ts";
import { Tokens } from "./tokens.ts";

/** What a command did, for the record. */
interface PeopleAct {
  readonly actor: string;
  /** As the operation of the API is called that does the same. */
  readonly action: string;
  readonly target: string;
  /** Never with a password or token in it. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** The people of a project, for a command that reads or changes them. */
export interface OpenPeople {
  readonly people: People;
  readonly tokens: Tokens;
  /** Writes down what was done. */
  readonly record: (act: PeopleAct) => Promise<void>;
}

/** Opens the people of a project and closes them whatever happens. Whoever may write its database may do that. */
export async function withPeople<Result>(
  project: Project,
  work: (open: OpenPeople) => Promise<Result>,
): Promise<Result> {
  prepareDataDir(project);
  const store = await openStore(project.database);
  try {
    const audit = new ProjectAudit(store.audit);
    return await work({
      people: new People({ store: store.people }),
      tokens: new Tokens(store.people),
      record: (act) => audit.record({ before: null, after: null, ...act, from: commandOrigin() }),
    });
  } finally {
    await store.close();
  }
}
