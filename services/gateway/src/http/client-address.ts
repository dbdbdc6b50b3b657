import { isIPv6 } from 'node:net';

/** The key under which an address is counted: an IPv4 address, or the /64 that one IPv6 user has (RFC 6177). */
export function addressKey(ip: string): string {
  const groups = ipv6Groups(ip);
  return groups ? `${groups.slice(0, 4).join(':')}::/64` : plainAddress(ip);
}

/** The network that an address belongs to: one holder may have all of an IPv4 /24, or of an IPv6 /48 (RFC 6177). */
export function networkKey(ip: string): string {
  const groups = ipv6Groups(ip);
  return groups ? `${groups.slice(0, 3).join(':')}::/48` : plainAddress(ip).replace(/\.\d+$/, '.0/24');
}

/** Without the prefix of an IPv4 address that is written as an IPv6 address. */
function plainAddress(ip: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1] ?? ip;
}

/** The groups of an IPv6 address; null for any other. */
function ipv6Groups(ip: string): string[] | null {
  if (!isIPv6(plainAddress(ip))) return null;
  const [head = '', tail] = ip.split('%')[0]?.split('::') ?? [];
  const left = head.split(':').filter(Boolean);
  const right = tail?.split(':').filter(Boolean) ?? [];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...Array<string>(zeros).fill('0'), ...right].map((group) => Number.parseInt(group, 16).toString(16));
}

/** Whose turn work is: addresses take turns within a network, and networks among each other. */
export interface Lane {
  network: string;
  address: string;
}

export function laneOf(ip: string): Lane {
  return { network: networkKey(ip), address: addressKey(ip) };
}
