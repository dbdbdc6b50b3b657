import { isIP } from 'node:net';
import { z } from 'zod';

/**
 * The reverse proxies whose X-Forwarded-* headers are believed: none, the number of proxies in front of the
 * service, or their addresses and networks.
 */
export type TrustedProxies = false | number | string[];

const namedNetworks = ['loopback', 'linklocal', 'uniquelocal'];
const hopLimit = 10;
/** A network with a shorter prefix contains much of the internet, whose clients could then choose their address. */
const prefixes = { 4: { shortest: 8, longest: 32 }, 6: { shortest: 16, longest: 128 } };

/**
 * Reads a list such as `10.0.0.0/8, ::1`, or a number of hops. Plain `true` is refused: it would believe the first
 * address in X-Forwarded-For, which the client itself writes, so that nobody could be limited by address.
 */
export const TrustedProxies = z
  .string()
  .trim()
  .transform((text, context): TrustedProxies => {
    if (/^(false|0|no|off)$/i.test(text)) return false;
    if (/^\d+$/.test(text) && Number(text) <= hopLimit) return Number(text);
    const networks = text.split(',').map((network) => network.trim());
    if (networks.every(isNetwork)) return networks;
    const instead =
      'Write how many proxies are in front of the gateway, such as 1, or their addresses and networks, such as 10.0.0.0/8';
    const message = /^(true|yes|on)$/i.test(text)
      ? `true would let every client choose its own address. ${instead}`
      : `Not a number of proxies up to ${hopLimit}, nor a list of addresses and networks, at least /8 or in IPv6 /16. ${instead}`;
    context.issues.push({ code: 'custom', input: text, message });
    return z.NEVER;
  });

function isNetwork(text: string): boolean {
  if (namedNetworks.includes(text)) return true;
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  const { shortest, longest } = prefixes[version as 4 | 6];
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= shortest && Number(bits) <= longest);
}

/**
 * The form in which Fastify takes it. Fastify believes nobody when it is given a number, because a client that
 * reaches the server past the proxies could pretend to be one. A number is for servers that no client can reach so.
 */
export function fastifyTrustProxy(
  proxies: TrustedProxies,
): false | string[] | ((address: string, hop: number) => boolean) {
  return typeof proxies === 'number' ? (_address, hop) => hop < proxies : proxies;
}
