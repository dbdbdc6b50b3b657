import { ProblemError } from '@boxoffice/client';
import { type FormEvent, type ReactNode, useState } from 'react';
import { inWords } from './answer.ts';
import { Link } from './place.tsx';

export type FieldErrors = Record<string, string[]>;

/**
 * A form that says what it was told: beside the fields what is wrong with them, above what is wrong with all.
 *
 * @param onSubmit gets what was entered by name; what it throws is shown
 */
export function Form({
  children,
  submitText,
  cancelTo,
  onSubmit,
}: {
  children: (errors: FieldErrors) => ReactNode;
  submitText: string;
  cancelTo?: string;
  onSubmit: (entered: Record<string, string>) => Promise<void>;
}) {
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const errors = error instanceof ProblemError ? error.errors : {};

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const entered = Object.fromEntries([...new FormData(event.currentTarget)].map(([name, v]) => [name, String(v)]));
    setBusy(true);
    setError(undefined);
    try {
      await onSubmit(entered);
    } catch (thrown) {
      setError(thrown);
    }
    setBusy(false);
  };
  return (
    <form className="card form" onSubmit={submit} noValidate>
      <Trouble error={error === undefined ? undefined : aboveAll(error)} />
      {children(errors)}
      <div className="buttons">
        <button type="submit" className="first" disabled={isBusy}>
          {submitText}
        </button>
        {cancelTo !== undefined && (
          <Link className="button" to={cancelTo}>
            Cancel
          </Link>
        )}
      </div>
    </form>
  );
}

/** Which fields are wrong, where some are: how stands beside each. */
function aboveAll(error: unknown): string {
  const names = error instanceof ProblemError ? Object.keys(error.errors) : [];
  return names.length > 0 ? `Not right yet: ${names.join(', ').replaceAll('_', ' ')}.` : inWords(error);
}

/** What went wrong, said aloud. */
export function Trouble({ error }: { error: string | undefined }) {
  return <div role="alert">{error && <p className="trouble">{error}</p>}</div>;
}
