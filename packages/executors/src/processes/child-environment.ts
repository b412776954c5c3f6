import process from "node:process";

/** What this process knows, and what runs users' code must not. */
const KEPT_BACK = ["MILLRACE_SECRET_KEY"];

/** The environment of the processes that run users' code: this one's, without the keys of the secrets. */
export function environmentForChildren(): NodeJS.ProcessEnv {
  const environment = { ...process.env };
  for (const name of KEPT_BACK) delete environment[name];
  return environment;
}
