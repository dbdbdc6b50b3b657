import type { Patience } from '@boxoffice/client';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Dialog } from './dialog.tsx';
import { errorMessage, outageMessage } from './errors.ts';
import { ErrorMessage, Outage } from './notices.tsx';

interface ConfirmButtonProps {
  /** Names the action, on the button and in the dialog. */
  action: string;
  /** The object of the action, for users who cannot see what is next to the button. */
  subject: string;
  title: string;
  /** The consequences. */
  children: ReactNode;
  /** Errors it throws are shown; retries it reports are, too. */
  onConfirm: (options: Patience) => Promise<void>;
}

/** A button for an action that cannot be undone: asks for confirmation and explains a refusal. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <button type="button" aria-label={`${props.action}: ${props.subject}`} onClick={() => setIsOpen(true)}>
        {props.action}
      </button>
      {isOpen && <Confirmation {...props} onClose={() => setIsOpen(false)} />}
    </>
  );
}

function Confirmation({ action, title, children, onConfirm, onClose }: ConfirmButtonProps & { onClose: () => void }) {
  const [outage, setOutage] = useState<string>();
  const [error, setError] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);
  const stopping = useRef(new AbortController());
  useEffect(() => () => stopping.current.abort(), []);

  const confirm = async () => {
    setIsBusy(true);
    stopping.current = new AbortController();
    const { signal } = stopping.current;
    const options = { signal, onRetry: (reason: unknown) => setOutage(outageMessage(reason)) };
    try {
      await onConfirm(options);
      if (!signal.aborted) onClose();
    } catch (reason) {
      if (!signal.aborted) setError(errorMessage(reason));
    }
  };

  return (
    <Dialog title={title} onClose={onClose}>
      <p>{children}</p>
      <Outage message={error ? undefined : outage} />
      <ErrorMessage message={error} />
      <div className="buttons">
        <button type="button" onClick={onClose}>
          {error ? 'Close' : 'Go back'}
        </button>
        {!error && (
          <button type="button" className="primary" disabled={isBusy} onClick={() => void confirm()}>
            {action}
          </button>
        )}
      </div>
    </Dialog>
  );
}
