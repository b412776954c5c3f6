import { ROLES } from "@millrace/core";
import { z } from "zod";
import { Done } from "./flow-schemas.ts";
import { GivenInstant, Instant, MaybeInstant, Name, pageOf } from "./value-schemas.ts";

const GrantSchema = z
  .strictObject({
    role: z.enum(ROLES),
    flows: z
      .string()
      .min(1)
      .max(128)
      .describe("A flow's name in which `*` stands for any characters. `*` alone is everything."),
  })
  .meta({ id: "Grant", description: "A role for the flows whose name fits a pattern." });

const Grants = z.array(GrantSchema).max(100);
/** What is wrong with a password is said by the server: here it is only kept to a size. */
const Password = z.string().max(1_024).describe("At least 12 characters.");

const LoginNeeds = z.object({
  needs: z
    .enum(["nothing", "login", "setup"])
    .describe("`setup`: there is no user yet, and the server has printed a token to make the first one."),
});

const LogIn = z.strictObject({ name: Name, password: z.string().max(1_024) });
const SetUp = z.strictObject({ token: z.string().max(256), name: Name, password: Password });
const ChangePassword = z.strictObject({ current: z.string().max(1_024), password: Password });
const ResetPassword = z.strictObject({ password: Password });

const MeView = z
  .object({
    kind: z.enum(["local", "user", "token"]).describe("`local`: the project has no users, and asks nobody here."),
    name: z.string().describe("As it stands in records."),
    user: z.string().nullable().describe("Whose sessions and tokens are the caller's."),
    grants: Grants,
    permissions: z
      .record(z.string(), z.array(z.string()))
      .describe("By permission, the patterns of the flows for which the caller has it."),
  })
  .meta({ id: "Me" });

const SessionView = z
  .object({
    id: z.string(),
    user: z.string(),
    isThis: z.boolean().describe("Whether it is the one that this was asked with."),
    createdAt: Instant,
    expiresAt: MaybeInstant,
    usedAt: MaybeInstant,
    usedFrom: z.string().nullable(),
  })
  .meta({ id: "Session" });

const TokenView = z
  .object({
    kind: z.enum(["api", "worker"]),
    name: z.string(),
    user: z.string().nullable().describe("Whose it is; null for the project's own."),
    grants: Grants,
    createdBy: z.string(),
    createdAt: Instant,
    expiresAt: MaybeInstant,
    usedAt: MaybeInstant.describe("When it was used last, to the minute."),
    usedFrom: z.string().nullable(),
  })
  .meta({ id: "Token" });

const NewToken = z.strictObject({
  kind: z.enum(["api", "worker"]).default("api").describe("`worker`: lets workers connect, and nothing else."),
  name: Name,
  grants: Grants.default([]).describe("What it may do, within what its owner may. A worker's has none."),
  expiresAt: GivenInstant.nullable().default(null).describe("Null: it is good until it is revoked."),
  user: Name.nullable()
    .optional()
    .describe(
      "Whose it is; null for the project's own. Defaults to the caller. Others than oneself take `user.write`.",
    ),
});

const MadeToken = z.object({
  token: z.string().describe("What lets somebody in. It is kept nowhere, and never shown again."),
  entry: TokenView,
});

const UserView = z
  .object({
    name: z.string(),
    grants: Grants,
    hasPassword: z.boolean(),
    createdAt: Instant,
    disabledAt: MaybeInstant,
    setBy: z.string(),
    setAt: Instant,
  })
  .meta({ id: "User" });

const NewUser = z.strictObject({
  name: Name,
  password: Password.nullable().default(null).describe("Null: the user has tokens only."),
  grants: Grants.default([]),
});

const NewGrants = z.strictObject({ grants: Grants });

const none = z.strictObject({});
const nothing = { params: none, query: none, body: null } as const;
const ofUser = { ...nothing, params: z.strictObject({ user: Name }), response: UserView } as const;

export const ACCOUNT_SCHEMAS = {
  getLogin: { ...nothing, response: LoginNeeds },
  logIn: { ...nothing, body: LogIn, response: MeView },
  setUp: { ...nothing, body: SetUp, response: MeView },
  logOut: { ...nothing, response: Done },
  getMe: { ...nothing, response: MeView },
  changePassword: { ...nothing, body: ChangePassword, response: Done },
  listSessions: { ...nothing, response: pageOf(SessionView) },
  endSession: { ...nothing, params: z.strictObject({ session: Name }), response: Done },
  listTokens: { ...nothing, response: pageOf(TokenView) },
  createToken: { ...nothing, body: NewToken, response: MadeToken },
  revokeToken: {
    ...nothing,
    params: z.strictObject({ kind: z.enum(["api", "worker"]), token: Name }),
    response: Done,
  },
  listUsers: { ...nothing, response: pageOf(UserView) },
  createUser: { ...nothing, body: NewUser, response: UserView },
  setGrants: { ...ofUser, body: NewGrants },
  disableUser: ofUser,
  enableUser: ofUser,
  resetPassword: { ...ofUser, body: ResetPassword },
} as const;
