import { MillraceError } from "@millrace/core";
import type { CommandCall } from "../command-line/command-spec.ts";
import { readTokenFile, warnOfOpenFile } from "./token-file.ts";

/** A server that a command goes to, and what it shows there. */
export interface ServerAddress {
  /** Without a slash at the end. */
  readonly url: string;
  readonly token: string | undefined;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** The server from `--server` or MILLRACE_SERVER; undefined where the command works on the project that is here. */
export function readServerAddress({ options, console }: CommandCall): ServerAddress | undefined {
  if (!options.has("server")) return undefined;
  const text = options.text("server");
  const file = options.text("token-file");
  if (text === undefined) {
    if (!options.isWritten("token-file")) return undefined;
    throw new MillraceError("USAGE", "--token-file is for a server, and none is named.", {
      hint: "Name it with --server or MILLRACE_SERVER.",
    });
  }
  if (options.has("workers") && options.isWritten("workers")) {
    throw new MillraceError("USAGE", "--workers is for a project that is here, and a server is named.", {
      hint: "Leave it out: the server has its own workers.",
    });
  }
  const url = parseAddress(text);
  const token =
    file === undefined ? nonEmpty(process.env["MILLRACE_API_TOKEN"]) : readTokenFile(file, "millrace token create");
  if (token !== undefined && url.protocol === "http:" && !LOOPBACK.test(url.hostname)) {
    const { yellow } = console.errorStyle;
    console.complain(
      `${yellow("warning:")} the token goes to ${url.host} unencrypted; use https where there is a network`,
    );
  }
  if (file !== undefined) warnOfOpenFile(file, console);
  return { url: url.href.replace(/\/+$/, ""), token };
}

/** Said once a command that has no --server works here, though one is named in the environment. */
export function warnOfServer({ options, console }: CommandCall): void {
  const server = nonEmpty(process.env["MILLRACE_SERVER"]);
  if (server === undefined || options.has("server")) return;
  const { yellow } = console.errorStyle;
  console.complain(`${yellow("note:")} MILLRACE_SERVER is ${server}, but this command works on the project here`);
}

function parseAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const refuse = (message: string, hint: string): never => {
    throw new MillraceError("USAGE", message, { hint });
  };
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    return refuse(`"${text}" is no address of a server.`, "Write it with http:// or https://: http://127.0.0.1:7430.");
  }
  if (url.username !== "" || url.password !== "") {
    refuse(
      "The address of a server holds no user and no password.",
      "Give a token: MILLRACE_API_TOKEN or --token-file.",
    );
  }
  if (url.search !== "" || url.hash !== "")
    refuse("The address of a server has no query.", "Leave out what follows ?.");
  return url;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === "" ? undefined : text.trim();
}
