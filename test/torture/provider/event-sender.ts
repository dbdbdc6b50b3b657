import { createHmac } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../random.ts';
import type { Events } from './provider-book.ts';
import type { ProviderWeather } from './weather.ts';

/** How long a gateway may take to say that it has an event, in milliseconds. */
const patienceMs = 3_000;
const attempts = 6;
const firstPauseMs = 300;
/** Events are repeated now and then whatever the weather. */
const usualRepeats = 0.1;

interface EventSenderOptions {
  /** The gateways. */
  urls: readonly string[];
  /** Signs the events. */
  secret: string;
  weather: () => ProviderWeather;
  random: Random;
  /** Called with the id of an event that a gateway has said it has received. */
  onReceived: (event: string) => void;
}

/** Sends events to the gateways, each until one of them has it, or a few attempts have failed. */
export class EventSender {
  readonly #options: EventSenderOptions;

  constructor(options: EventSenderOptions) {
    this.#options = options;
  }

  send(events: Events): void {
    const { weather, random } = this.#options;
    for (const event of events) {
      const { lose = 0, repeat = usualRepeats, lateMs = 0 } = weather();
      const copies = random.chance(lose) ? 0 : random.chance(repeat) ? 3 : 1;
      for (let copy = 0; copy < copies; copy++) void this.#sendOnce(event, random.next() * lateMs);
    }
  }

  async #sendOnce(event: object, afterMs: number): Promise<void> {
    await delay(afterMs);
    const body = JSON.stringify(event);
    for (let attempt = 0; attempt < attempts; attempt++) {
      const response = await this.#post(body);
      if (response?.ok) return this.#options.onReceived((event as { id: string }).id);
      await delay(firstPauseMs * 2 ** attempt);
    }
  }

  #post(body: string): Promise<Response | null> {
    const { urls, secret, random } = this.#options;
    const seconds = Math.floor(Date.now() / 1_000);
    const signature = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
    return fetch(`${random.pick(urls)}/api/payments/events/stripe/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'stripe-signature': `t=${seconds},v1=${signature}` },
      body,
      signal: AbortSignal.timeout(patienceMs),
    }).catch(() => null);
  }
}
