import { type ReactNode, useId } from 'react';

interface FieldProps {
  label: string;
  hint?: string | undefined;
  errors?: string[] | undefined;
}

interface ControlProps {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
}

/** A control with its label and its hint or errors, associated with each other for screen readers. */
export function Field({
  label,
  hint,
  errors,
  children,
}: FieldProps & { children: (control: ControlProps) => ReactNode }) {
  const id = useId();
  const noteId = `${id}-note`;
  const note = errors ? errors.join('. ') : hint;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        'aria-describedby': note ? noteId : undefined,
        'aria-invalid': errors ? true : undefined,
      })}
      {note && (
        <p id={noteId} className={errors ? 'note invalid' : 'note'}>
          {note}
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
  inputMode?: 'decimal';
  autoComplete?: string;
  /** Suggestions. */
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
  onChange?: (value: string) => void;
}

export function Select({ label, hint, errors, options, value, name, onChange }: SelectProps) {
  return (
    <Field label={label} hint={hint} errors={errors}>
      {(control) => (
        <select
          name={name}
          defaultValue={value}
          onChange={({ currentTarget }) => onChange?.(currentTarget.value)}
          {...control}
        >
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
