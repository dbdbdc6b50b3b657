import type { Show } from '@boxoffice/client';
import { useState } from 'react';
import { Dialog } from '../../lib/dialog.tsx';
import { Field } from '../../lib/fields.tsx';
import { Form } from '../../lib/form.tsx';
import { formatCount } from '../../lib/format.ts';
import { boxoffice } from '../../lib/session.ts';
import { CancellationProgress } from './cancellation-progress.tsx';

interface CancelShowProps {
  show: Show;
  /** Names the show, for users who cannot see what is next to the button. */
  name: string;
  /** Called when the dialog closes after the show was cancelled. */
  onCancelled: () => void;
}

/** A button that cancels a show, once a reason is given, and then shows the progress of its bookings. */
export function CancelShow({ show, name, onCancelled }: CancelShowProps) {
  const [isOpen, setIsOpen] = useState(false);
  const [cancelled, setCancelled] = useState<Show>();
  const close = () => {
    setIsOpen(false);
    if (cancelled) onCancelled();
  };
  return (
    <>
      <button type="button" aria-label={`Cancel show: ${name}`} onClick={() => setIsOpen(true)}>
        Cancel show
      </button>
      {isOpen && (
        <Dialog title={cancelled ? 'The show is cancelled' : 'Cancel this show?'} onClose={close}>
          <p>{name}</p>
          {cancelled ? (
            <>
              <CancellationProgress show={cancelled} />
              <div className="buttons">
                <button type="button" className="primary" ref={(button) => button?.focus()} onClick={close}>
                  Close
                </button>
              </div>
            </>
          ) : (
            <ReasonForm show={show} onClose={close} onCancelled={setCancelled} />
          )}
        </Dialog>
      )}
    </>
  );
}

interface ReasonFormProps {
  show: Show;
  onClose: () => void;
  onCancelled: (show: Show) => void;
}

function ReasonForm({ show, onClose, onCancelled }: ReasonFormProps) {
  const taken = show.total_seats - show.available_seats;
  return (
    <Form
      submitLabel="Cancel show"
      cancel={
        <button type="button" onClick={onClose}>
          Go back
        </button>
      }
      onSubmit={async ({ reason = '' }) => {
        const params = { path: { id: show.id } };
        onCancelled(await boxoffice.post('/api/admin/shows/{id}/cancel/', { params, body: { reason } }));
      }}
    >
      {(errors) => (
        <>
          <p>
            {taken === 0
              ? 'No seats are held or booked. '
              : `${formatCount(taken, 'seat is', 'seats are')} held or booked. `}
            Sales stop, and every hold and booking is cancelled with your reason.
            {show.payment === 'online' && ' What was paid online is refunded.'} This cannot be undone.
          </p>
          <Field label="Reason" hint="Shown to everyone who has seats" errors={errors.reason}>
            {(control) => <textarea name="reason" rows={2} maxLength={500} required {...control} />}
          </Field>
        </>
      )}
    </Form>
  );
}
