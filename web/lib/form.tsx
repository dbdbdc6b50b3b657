import { ProblemError } from '@boxoffice/client';
import { type FormEvent, type ReactNode, useState } from 'react';
import { errorMessage } from './errors.ts';
import { ErrorMessage } from './notices.tsx';

export type FieldErrors = Record<string, string[]>;

interface FormProps {
  className?: string;
  children: (errors: FieldErrors, problem?: ProblemError) => ReactNode;
  submitLabel: string;
  /** A button or link that leaves the form. */
  cancel?: ReactNode;
  /** What people call the fields whose name does not say it. */
  fieldNames?: Record<string, string>;
  /** Receives the values by field name; errors it throws are shown. */
  onSubmit: (values: Record<string, string>) => Promise<void>;
}

/** A form validated by the server: errors of a field are shown next to it, all others above the form. */
export function Form({ className = 'form', children, submitLabel, cancel, fieldNames = {}, onSubmit }: FormProps) {
  const [error, setError] = useState<unknown>();
  const [isBusy, setIsBusy] = useState(false);
  const problem = error instanceof ProblemError ? error : undefined;

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const entries = [...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value)]);
    setIsBusy(true);
    setError(undefined);
    try {
      await onSubmit(Object.fromEntries(entries));
    } catch (thrown) {
      setError(thrown);
    }
    setIsBusy(false);
  };
  return (
    <form className={className} onSubmit={(event) => void submit(event)} noValidate>
      <ErrorMessage message={error === undefined ? undefined : summary(error, fieldNames)} />
      {children(problem?.errors ?? {}, problem)}
      <div className="buttons">
        {cancel}
        <button type="submit" className="primary" disabled={isBusy}>
          {submitLabel}
        </button>
      </div>
    </form>
  );
}

/** Names the invalid fields, if any; the error of each is shown next to it. */
function summary(error: unknown, fieldNames: Record<string, string>): string {
  const fields = error instanceof ProblemError ? Object.keys(error.errors) : [];
  const names = fields.map((field) => fieldNames[field] ?? field);
  return names.length > 0 ? `Please check: ${names.join(', ').replaceAll('_', ' ')}.` : errorMessage(error);
}
