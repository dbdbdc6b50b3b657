import { type ReactNode, useState } from 'react';
import { Dialog } from '../../lib/dialog.tsx';
import { Field } from '../../lib/fields.tsx';
import { Form } from '../../lib/form.tsx';

interface ReasonedActionProps {
  label: string;
  title: string;
  /** What follows from it. */
  children: ReactNode;
  /** Who sees the reason. */
  hint: string;
  act: (reason: string) => Promise<unknown>;
  onDone: () => void;
}

/** A button for something that is done once a reason is given. */
export function ReasonedAction({ label, title, children, hint, act, onDone }: ReasonedActionProps) {
  const [isOpen, setIsOpen] = useState(false);
  const submit = async ({ reason = '' }: Record<string, string>) => {
    await act(reason);
    setIsOpen(false);
    onDone();
  };
  return (
    <>
      <button type="button" onClick={() => setIsOpen(true)}>
        {label}
      </button>
      {isOpen && (
        <Dialog title={title} onClose={() => setIsOpen(false)}>
          <Form
            submitLabel={label}
            cancel={
              <button type="button" onClick={() => setIsOpen(false)}>
                Go back
              </button>
            }
            onSubmit={submit}
          >
            {(errors) => (
              <>
                <p>{children}</p>
                <Field label="Reason" hint={hint} errors={errors.reason}>
                  {(control) => <textarea name="reason" rows={2} maxLength={500} required {...control} />}
                </Field>
              </>
            )}
          </Form>
        </Dialog>
      )}
    </>
  );
}
