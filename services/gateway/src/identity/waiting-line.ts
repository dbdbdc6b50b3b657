import type { Lane } from '../http/client-address.ts';

/** Work that waits for its turn. */
export interface Waiter {
  lane: Lane;
  start(): void;
  refuse(): void;
}

/** Who waits: networks take turns, and so do the addresses within each; an address keeps its own order. */
export class WaitingLine {
  /** By network and address, in the order of their turns; neither is listed without a waiter. */
  readonly #networks = new Map<string, Map<string, Waiter[]>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  countOf({ network, address }: Lane): number {
    return this.#networks.get(network)?.get(address)?.length ?? 0;
  }

  add(waiter: Waiter): void {
    const { network, address } = waiter.lane;
    const addresses = this.#networks.get(network) ?? new Map<string, Waiter[]>();
    const waiters = addresses.get(address) ?? [];
    waiters.push(waiter);
    addresses.set(address, waiters);
    this.#networks.set(network, addresses);
    this.#size += 1;
  }

  remove(waiter: Waiter): void {
    const { network, address } = waiter.lane;
    const addresses = this.#networks.get(network);
    const waiters = addresses?.get(address);
    const index = waiters?.indexOf(waiter) ?? -1;
    if (!addresses || !waiters || index < 0) return;
    waiters.splice(index, 1);
    this.#size -= 1;
    if (waiters.length === 0) addresses.delete(address);
    if (addresses.size === 0) this.#networks.delete(network);
  }

  /** Takes whoever is next in the first network that may start more; that network and address go to the end. */
  takeNext(mayStart: (network: string) => boolean): Waiter | undefined {
    for (const [network, addresses] of this.#networks) {
      const [[address, [next]] = ['', []]] = addresses;
      if (!next || !mayStart(network)) continue;
      this.remove(next);
      moveToEnd(addresses, address);
      moveToEnd(this.#networks, network);
      return next;
    }
    return undefined;
  }

  /** The newest waiter of the address with the most, in the network with the most. */
  newestOfLargest(): Waiter | undefined {
    const count = (addresses: Map<string, Waiter[]>) =>
      [...addresses.values()].reduce((sum, waiters) => sum + waiters.length, 0);
    const network = largest(this.#networks.values(), count);
    return network && largest(network.values(), (waiters) => waiters.length)?.at(-1);
  }
}

function moveToEnd<Value>(map: Map<string, Value>, key: string): void {
  const value = map.get(key);
  if (value !== undefined && map.delete(key)) map.set(key, value);
}

/** The last of the largest. */
function largest<Item>(items: Iterable<Item>, size: (item: Item) => number): Item | undefined {
  let [found, most]: [Item | undefined, number] = [undefined, 0];
  for (const item of items) if (size(item) >= most) [found, most] = [item, size(item)];
  return found;
}
