import { formatDateTime } from '../../lib/format.ts';

/** Every show that keeps a screen busy when another is wanted, as the server found them. */
export function Clashes({ messages = [] }: { messages: string[] | undefined }) {
  if (messages.length === 0) return null;
  return (
    <section className="error" aria-label="Clashes">
      <p>The screen is busy:</p>
      <ul className="clashes">
        {messages.map((message) => (
          <li key={message}>{message.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (iso) => formatDateTime(iso))}</li>
        ))}
      </ul>
    </section>
  );
}
