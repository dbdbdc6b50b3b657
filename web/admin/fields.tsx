import type { ReactNode } from 'react';
import { useId } from 'react';

interface FieldProps {
  label: string;
  hint?: string | undefined;
  /** What is wrong with it. */
  errors?: string[] | undefined;
}

type Control = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean | undefined };

/** A control with its label, its hint and what is wrong with it, tied together for those who do not see them. */
export function Field({ label, hint, errors, children }: FieldProps & { children: (control: Control) => ReactNode }) {
  const id = useId();
  const noteId = `${id}-note`;
  const hasNote = Boolean(hint || errors);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        'aria-describedby': hasNote ? noteId : undefined,
        'aria-invalid': errors ? true : undefined,
      })}
      {hasNote && (
        <p id={noteId} className={errors ? 'note wrong' : 'note'}>
          {errors ? errors.join('. ') : hint}
        </p>
      )}
    </div>
  );
}

interface InputProps extends FieldProps {
  name: string;
  value?: string | number | undefined;
  type?: 'text' | 'number' | 'email' | 'password' | 'url' | 'date' | 'datetime-local' | 'search';
  required?: boolean;
  min?: number;
  max?: number;
  autoComplete?: string;
  options?: string[];
  onChange?: (value: string) => void;
}

export function Input({ value, options, onChange, label, hint, errors, ...input }: InputProps) {
  const listId = useId();
  return (
    <Field label={label} hint={hint} errors={errors}>
      {(control) => (
        <>
          <input
            type="text"
            {...input}
            {...control}
            defaultValue={value}
            list={options && listId}
            onChange={(event) => onChange?.(event.currentTarget.value)}
          />
          {options && (
            <datalist id={listId}>
              {options.map((option) => (
                <option key={option} value={option} />
              ))}
            </datalist>
          )}
        </>
      )}
    </Field>
  );
}

interface SelectProps extends FieldProps {
  name: string;
  value?: string;
  options: (readonly [value: string, text: string])[];
}

export function Select({ label, hint, errors, options, value, name }: SelectProps) {
  return (
    <Field label={label} hint={hint} errors={errors}>
      {(control) => (
        <select name={name} defaultValue={value} {...control}>
          {options.map(([option, text]) => (
            <option key={option} value={option}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
