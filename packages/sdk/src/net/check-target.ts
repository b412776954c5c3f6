import { type LookupAddress, lookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { MillraceError } from "@millrace/core";
import { neverAgain } from "../kinds/verdict.ts";
import { isPublicAddress } from "./public-address.ts";

/** Which addresses a request may go to. Defaults to public ones alone. */
export type AddressRule = (address: string) => boolean;

/** Where a request may go, and the way there that was looked at. */
export interface CheckedTarget {
  readonly url: URL;
  /** What its name stood for when it was checked: at least one, all of them allowed. */
  readonly addresses: readonly LookupAddress[];
  /**
   * For `lookup` of `node:http`, `node:https` and `node:net`: gives the addresses that were checked, and asks nobody again.
   * A name that stands for another address a moment later leads nowhere else.
   */
  readonly lookup: LookupFunction;
}

/**
 * Refuses an address that is not one of the web, or that leads to this machine, its network, or a cloud's own services:
 * what an outsider may name must not reach what only insiders can. A name is resolved, and each of its addresses counts.
 * Messages name the host alone: the rest of an address is often a secret.
 *
 * @param isAllowed what counts as allowed, for who means another network. Defaults to public addresses.
 * @throws MillraceError `TARGET_REFUSED`, also for a name with one address that is not allowed; `HTTP_FAILED` for a name that
 *   is not known.
 */
export async function checkTarget(
  address: string | URL,
  isAllowed: AddressRule = isPublicAddress,
): Promise<CheckedTarget> {
  const url = readUrl(address);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const family = isIP(host);
  const addresses = family === 0 ? await resolve(host, url) : [{ address: host, family }];
  const refused = addresses.find((each) => !isAllowed(each.address));
  if (refused !== undefined) throw notPublic(url, refused.address);
  return { url, addresses, lookup: fixedLookup(addresses) };
}

function readUrl(address: string | URL): URL {
  const url = URL.canParse(String(address)) ? new URL(String(address)) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw neverAgain(
    new MillraceError("TARGET_REFUSED", "An address is not one of the web.", { hint: "Write it whole: https://…" }),
  );
}

async function resolve(host: string, url: URL): Promise<readonly LookupAddress[]> {
  const found = Promise.withResolvers<readonly LookupAddress[]>();
  lookup(host, { all: true }, (error, addresses) => {
    if (error === null) found.resolve(addresses);
    else found.reject(error);
  });
  try {
    return await found.promise;
  } catch (cause) {
    throw new MillraceError("HTTP_FAILED", `No address is known for ${url.hostname}.`, {
      hint: "Check its name.",
      cause,
    });
  }
}

function notPublic(url: URL, address: string): MillraceError {
  return neverAgain(
    new MillraceError("TARGET_REFUSED", `${url.origin} leads to ${address}, which is no public address.`, {
      hint: "Only what everybody can reach is allowed here. If it is meant, allow private addresses where the address is given.",
    }),
  );
}

/** Answers with what is known, in either of the two ways in which Node asks. */
function fixedLookup(addresses: readonly LookupAddress[]): LookupFunction {
  return (_host, options, callback) => {
    const [first] = addresses;
    if (options.all === true) callback(null, [...addresses]);
    else callback(null, first?.address ?? "", first?.family);
  };
}
