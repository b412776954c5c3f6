import { readFile } from "node:fs/promises";
import path from "node:path";
import { MillraceError } from "@millrace/core";

/** Reads values that are kept somewhere else, by references that begin with its scheme: `env:NAME`. */
interface SecretProvider {
  /** Says what is wrong with a reference, or null. Looks at nothing but the text. */
  check(rest: string): string | null;
  /** The value, or undefined when there is none. @param projectDir relative paths are resolved against it. */
  read(rest: string, projectDir: string): Promise<string | undefined>;
}

const PROVIDERS: Readonly<Record<string, SecretProvider>> = {
  env: {
    check: (name) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? null : "the name of a variable, such as env:SHOP_TOKEN"),
    read: async (name) => process.env[name],
  },
  file: {
    check: (file) => (file === "" ? "the path of a file, such as file:/run/secrets/shop-token" : null),
    read: async (file, projectDir) => {
      try {
        // What writes such files ends them with a line feed, which is no part of the value.
        return (await readFile(path.resolve(projectDir, file), "utf8")).replace(/\r?\n$/, "");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
  },
};

/** Throws `USAGE` for what is no reference. */
export function checkReference(reference: string): void {
  const { provider, rest } = split(reference);
  const wanted = provider === undefined ? "env:NAME or file:/path" : provider.check(rest);
  if (wanted === null) return;
  throw new MillraceError("USAGE", `"${reference}" does not say where a secret is.`, { hint: `Give ${wanted}.` });
}

/** Reads the value behind a reference, on this machine. */
export async function readReference(reference: string, what: string, projectDir: string): Promise<string> {
  const { provider, rest } = split(reference);
  const value = await provider?.read(rest, projectDir);
  if (value !== undefined) return value;
  throw new MillraceError("MISSING_SECRET", `The ${what} is in ${reference}, where nothing is.`, {
    hint: "It is read where the server or command runs that leads, each time it is asked for.",
  });
}

function split(reference: string): { readonly provider: SecretProvider | undefined; readonly rest: string } {
  const [scheme = "", ...rest] = reference.split(":");
  return { provider: Object.hasOwn(PROVIDERS, scheme) ? PROVIDERS[scheme] : undefined, rest: rest.join(":") };
}
