import { useEffect, useRef, useState } from 'react';
import { inWords } from './answer.ts';
import { Trouble } from './form.tsx';

/** A button for what cannot be taken back: asks first, and stays with the reason when it is refused. */
export function ConfirmButton({
  text,
  of,
  question,
  onConfirm,
}: {
  text: string;
  /** What it is done to, for those who do not see what the button stands beside. */
  of: string;
  question: string;
  onConfirm: () => Promise<void>;
}) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" aria-label={`${text}: ${of}`} onClick={() => setOpen(true)}>
        {text}
      </button>
      {isOpen && <Question text={text} question={question} onConfirm={onConfirm} onClose={() => setOpen(false)} />}
    </>
  );
}

function Question({
  text,
  question,
  onConfirm,
  onClose,
}: {
  text: string;
  question: string;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);

  const confirm = async () => {
    setBusy(true);
    try {
      await onConfirm();
      onClose();
    } catch (thrown) {
      setError(inWords(thrown));
    }
    setBusy(false);
  };
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="question">
      <p id="question">{question}</p>
      <Trouble error={error} />
      <div className="buttons">
        {error === undefined && (
          <button type="button" className="first" onClick={confirm} disabled={isBusy}>
            {text}
          </button>
        )}
        <button type="button" onClick={() => dialog.current?.close()}>
          {error === undefined ? 'Leave it' : 'Close'}
        </button>
      </div>
    </dialog>
  );
}
