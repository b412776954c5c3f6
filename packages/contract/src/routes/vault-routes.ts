import { routes } from "../route-spec.ts";

const READ = { method: "GET", scope: "everything", status: 200, answer: "json", errors: [] } as const;
const SECRET = {
  permission: "secret.write",
  scope: "everything",
  tag: "secrets",
  status: 200,
  answer: "json",
} as const;
const VARIABLE = { ...SECRET, permission: "variable.write", tag: "variables" } as const;

/** What runs are given beside their parameters: secrets, variables, connections, and keys of dynamic partitions. */
export const VAULT_ROUTES = routes({
  listSecrets: {
    ...READ,
    path: "/api/v1/secrets",
    permission: "secret.read",
    tag: "secrets",
    summary: "Names of secrets, who set them and when. No route gives a secret's value.",
  },
  setSecret: {
    ...SECRET,
    method: "PUT",
    path: "/api/v1/secrets/{secret}",
    summary: "Keeps a secret, encrypted. Its value goes in and never out.",
    errors: ["INVALID_NAME", "USAGE"],
  },
  deleteSecret: {
    ...SECRET,
    method: "DELETE",
    path: "/api/v1/secrets/{secret}",
    summary: "Forgets a secret. Tasks that ask for it fail from now on.",
    errors: ["MISSING_SECRET"],
  },
  listVariables: {
    ...READ,
    path: "/api/v1/variables",
    permission: "variable.read",
    tag: "variables",
    summary: "Variables with their values.",
  },
  setVariable: {
    ...VARIABLE,
    method: "PUT",
    path: "/api/v1/variables/{variable}",
    summary: "Gives a variable its value.",
    errors: ["INVALID_NAME", "USAGE"],
  },
  deleteVariable: {
    ...VARIABLE,
    method: "DELETE",
    path: "/api/v1/variables/{variable}",
    summary: "Forgets a variable.",
    errors: ["MISSING_VARIABLE"],
  },
  listConnections: {
    ...READ,
    path: "/api/v1/connections",
    permission: "connection.read",
    tag: "project",
    summary: "Names and kinds of the connections of the active version. Never an address.",
  },
  listPartitionKeys: {
    ...READ,
    path: "/api/v1/partition-keys/{partitions}",
    permission: "flow.read",
    tag: "flows",
    summary: "The keys of dynamic partitions, in the order in which they were added.",
  },
  changePartitions: {
    method: "POST",
    path: "/api/v1/partition-keys/{partitions}",
    permission: "partition.write",
    scope: "everything",
    tag: "flows",
    summary: "Adds keys to dynamic partitions, and takes keys away.",
    status: 200,
    answer: "json",
    errors: ["USAGE", "UNKNOWN_PARTITION", "INVALID_NAME"],
  },
});
