import type { TestCheckoutRow, TestStatus } from './test-bank.ts';

/** What has become of a checkout that is no longer open. */
const outcomes: Record<Exclude<TestStatus, 'open'>, string> = {
  paying: 'You pay as soon as the hold has ended.',
  authorized: 'You have agreed to this payment. The seller has not taken the money yet.',
  captured: 'This payment was taken.',
  voided: 'This payment was released: nothing was taken.',
  refunded: 'This payment was refunded.',
  failed: 'This payment failed: the card was declined, or you took too long.',
};

/** The checkout as a page: without scripts, and readable on a phone, in light and dark. */
export function checkoutHtml({ reference, amount, currency, status, return_url: returnUrl }: TestCheckoutRow): string {
  const price = new Intl.NumberFormat('en', { style: 'currency', currency });
  const total = price.format(amount / 10 ** (price.resolvedOptions().maximumFractionDigits ?? 2));
  const button = (action: string, label: string) =>
    `<form method="post" action="/payments/test/${reference}/${action}/"><button>${label}</button></form>`;
  const choices =
    status === 'open'
      ? button('pay', `Pay ${total}`) +
        button('decline', 'Let the card be declined') +
        button('pay-late', 'Pay after the hold has ended')
      : `<p><strong>${outcomes[status]}</strong></p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Pretend bank · Pay ${total}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main>
<p class="sign">Pretend bank</p>
<h1><small>Cinema seats from Boxoffice</small> ${total}</h1>
<p class="notice">This is not a real bank. No money is taken, and no card is needed: choose what happens.</p>
${choices}
<p class="leave"><a href="${escaped(returnUrl)}">${status === 'open' ? 'Close without paying' : 'Back to Boxoffice'}</a></p>
</main>
</body>
</html>`;
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

const style = `
:root { color-scheme: light dark; --ink: light-dark(#16233a, #e8eef8); --muted: light-dark(#4d5c75, #a9b7cd);
  --paper: light-dark(#eef2f8, #0e1522); --card: light-dark(#ffffff, #182234); --line: light-dark(#cbd5e4, #34445e);
  --blue: light-dark(#1b57b5, #8db8ff); --on-blue: light-dark(#ffffff, #0a1a33); --warn: light-dark(#fff3cd, #3a3015) }
* { box-sizing: border-box; margin: 0 }
body { min-height: 100vh; padding: clamp(1rem, 6vh, 5rem) 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif }
main { display: grid; gap: 1rem; max-width: 26rem; margin: 0 auto; padding: 1.75rem 1.5rem; border-radius: 1rem;
  background: var(--card); border: 1px solid var(--line) }
.sign { color: var(--blue); font-weight: 700 }
h1 { font-size: 2.5rem; line-height: 1.2; letter-spacing: -.02em }
h1 small { display: block; color: var(--muted); font-size: 1rem; font-weight: 400; letter-spacing: 0 }
.notice { padding: .75rem 1rem; border-radius: .5rem; background: var(--warn) }
button { width: 100%; min-height: 3rem; padding: .5rem 1rem; border: 1px solid var(--line); border-radius: .5rem;
  background: var(--card); color: var(--ink); font: inherit; cursor: pointer }
button:hover { border-color: currentColor }
form:first-of-type button { border-color: var(--blue); background: var(--blue); color: var(--on-blue); font-weight: 650 }
a { color: var(--blue) }
:focus-visible { outline: 3px solid var(--blue); outline-offset: 3px }
.leave { text-align: center }`;
