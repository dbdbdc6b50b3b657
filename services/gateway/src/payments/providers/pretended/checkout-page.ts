import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Http } from '@boxoffice/shared/service/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { checkoutHtml } from './checkout-html.ts';
import type { TestBank, TestCheckoutRow } from './test-bank.ts';

const Params = z.object({ reference: z.string().regex(/^test_[\w-]{24}$/) });
const hidden = { hide: true, params: Params };

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
};

/**
 * Where buyers of the test provider pay: a page outside the HTTP interface, as a real provider's is. Whoever knows the
 * reference is the buyer. The buttons have no fields, so the forms are empty.
 *
 * @param onChange called with a checkout that has changed, for its event
 */
export function addTestCheckout(
  http: Http,
  { bank, onChange }: { bank: TestBank; onChange: (checkout: TestCheckoutRow) => void },
): void {
  const path = '/payments/test/:reference/';
  http.get(path, { schema: hidden }, async (request, reply) => {
    const checkout = await bank.find(request.params.reference);
    if (!checkout) throw new ProblemError('not_found', 'There is no such checkout.');
    return reply.headers(headers).send(checkoutHtml(checkout));
  });
  const action = (name: string, act: (reference: string) => Promise<TestCheckoutRow | null | undefined>) =>
    http.post(`${path}${name}/`, { schema: hidden }, async (request, reply) => {
      const changed = await act(request.params.reference);
      if (changed) onChange(changed);
      return backTo(reply, await bank.find(request.params.reference));
    });
  action('pay', (reference) => bank.change(reference, 'authorized', ['open']));
  action('decline', (reference) => bank.change(reference, 'failed', ['open']));
  action('pay-late', async (reference) => void (await bank.payLate(reference)));
}

function backTo(reply: FastifyReply, checkout: TestCheckoutRow | null): FastifyReply {
  if (!checkout) throw new ProblemError('not_found', 'There is no such checkout.');
  return reply.header('cache-control', 'no-store').redirect(checkout.return_url, 303);
}
