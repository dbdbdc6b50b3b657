import { formatDateTime } from '../../lib/format.ts';

/** Every clash with another show on the screen, as the server reports them. */
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
