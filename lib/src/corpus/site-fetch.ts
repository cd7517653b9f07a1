import * as dns from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { promisify } from "node:util";
import * as ipaddr from "ipaddr.js";
import { Agent, fetch as undiciFetch } from "undici";

/** Connections of one crawl. */
export interface SiteFetch {
  fetch: typeof fetch;
  /** Ends all connections. */
  close(): Promise<void>;
}

/**
 * A `fetch` for a crawl that starts at `startUrl`. Where that page stands at a public address, no connection
 * is made to a private one (loopback, local networks, link-local, the cloud's metadata), whatever a name turns
 * out to mean later: the address is checked when it is connected to, not before.
 */
export async function openSiteFetch(
  startUrl: string,
  lookup: LookupFunction = dns.lookup,
): Promise<SiteFetch> {
  const isPublic = await startsPublic(new URL(startUrl).hostname, lookup);
  const agent = new Agent({ connect: { lookup: isPublic ? refusePrivate(lookup) : lookup } });
  const guarded = (input: string, init: object): unknown =>
    undiciFetch(input, { ...init, dispatcher: agent });
  return { fetch: guarded as typeof fetch, close: () => agent.destroy() };
}

/** Whether none of a host's addresses is private; a host that is not found counts as public. */
async function startsPublic(hostname: string, lookup: LookupFunction): Promise<boolean> {
  const host = hostname.replace(/^\[|\]$/g, "");
  if (isIP(host)) return isPublicAddress(host);
  return promisify(lookup)(host, { all: true }).then(
    (addresses) => asList(addresses).every(isPublicAddress),
    () => true, // the first request will say so, with the reason
  );
}

function refusePrivate(lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, options, (error, addresses, family) => {
      const refused = error ? undefined : asList(addresses).find((one) => !isPublicAddress(one));
      if (refused === undefined) return callback(error, addresses, family);
      const reason = `${hostname} now leads to the private address ${refused}`;
      callback(new Error(`${reason}, which a crawl of a public site does not touch`), addresses);
    });
  };
}

/** Names are resolved to one address or to all, as the caller wishes. */
function asList(addresses: string | dns.LookupAddress[]): string[] {
  if (typeof addresses === "string") return [addresses];
  return addresses.map(({ address }) => address);
}

/** Whether an IP address is one of the public internet, whichever way it is written. */
export function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === "unicast";
}
