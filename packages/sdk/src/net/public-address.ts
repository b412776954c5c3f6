import { BlockList, isIP, isIPv6 } from "node:net";

/**
 * Networks of IPv4 that lead to this machine, to its neighbours, or to nobody in particular: the special-purpose registry
 * of IANA (RFC 6890), with multicast. 169.254.0.0/16 holds the addresses where clouds hand out credentials.
 */
const SPECIAL_IPV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
];
/** Of the addresses of IPv6 that are given out at all, those that are no machine's or carry an IPv4 address inside. */
const SPECIAL_IPV6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

const special = new BlockList();
for (const network of SPECIAL_IPV4) addNetwork(special, network, "ipv4");
for (const network of SPECIAL_IPV6) addNetwork(special, network, "ipv6");

/** The one part of IPv6 that is given out to machines (RFC 4291). */
const given = new BlockList();
addNetwork(given, "2000::/3", "ipv6");
const mapped = new BlockList();
addNetwork(mapped, "::ffff:0:0/96", "ipv6");

function addNetwork(list: BlockList, network: string, family: "ipv4" | "ipv6"): void {
  const [address = "", bits = ""] = network.split("/");
  list.addSubnet(address, Number(bits), family);
}

/** Whether an address is one that everybody can reach. What is no address is not. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  if (family === 4) return !special.check(address, "ipv4");
  // A list of IPv4 networks knows an IPv4 address also in the dress of IPv6: ::ffff:10.0.0.1.
  if (mapped.check(address, "ipv6")) return !special.check(address, "ipv6");
  return isIPv6(address) && given.check(address, "ipv6") && !special.check(address, "ipv6");
}
