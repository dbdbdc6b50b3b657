import { type Booking, ProblemError } from '@boxoffice/client';
import { useEffect, useState } from 'react';
import { errorMessage } from '../lib/errors.ts';
import { navigate } from '../lib/router.tsx';
import { boxoffice } from '../lib/session.ts';
import {
  type BookingAttempt,
  completeAttempt,
  findAttempt,
  forgetAttempt,
  type Progress,
  startAttempt,
} from './booking-attempt.ts';

interface Callbacks {
  setSelected: (seats: string[]) => void;
  setMessage: (message: string | undefined) => void;
  /** Deselects seats that others have booked first. */
  dropTaken: (seats: string[]) => void;
}

/** Books seats of a show, resumes a booking that a reload interrupted, and leads to the ticket. */
export function useBooking(showId: number, { setSelected, setMessage, dropTaken }: Callbacks) {
  const [attempt, setAttempt] = useState<BookingAttempt | null>(() => findAttempt(showId));
  const [progress, setProgress] = useState<Progress>({ kind: 'sending' });
  const [needsSignIn, setNeedsSignIn] = useState(false);

  useEffect(() => {
    if (!attempt || needsSignIn) return;
    const controller = new AbortController();
    const { signal } = controller;
    const finish = () => {
      forgetAttempt(showId);
      setAttempt(null);
    };
    const succeed = (booking: Booking) => {
      finish();
      setSelected([]);
      navigate(`/bookings/${booking.id}?new`);
    };
    const fail = (reason: unknown) => {
      const problem = reason instanceof ProblemError ? reason : undefined;
      if (problem?.code === 'unauthenticated') return setNeedsSignIn(true);
      finish();
      if (problem?.problem.seats) dropTaken(problem.problem.seats);
      else setMessage(errorMessage(reason));
    };
    setProgress({ kind: 'sending' });
    completeAttempt(attempt, { signal, onProgress: (next) => signal.aborted || setProgress(next) }).then(
      (booking) => signal.aborted || succeed(booking),
      (reason) => signal.aborted || fail(reason),
    );
    return () => controller.abort();
  }, [attempt, needsSignIn, showId, setSelected, setMessage, dropTaken]);

  return {
    attempt,
    progress,
    needsSignIn,
    start(seats: string[]) {
      setMessage(undefined);
      setNeedsSignIn(!boxoffice.isLoggedIn());
      setAttempt(startAttempt(showId, seats));
    },
    /** Continues after signing in. */
    resume: () => setNeedsSignIn(false),
    stop(message?: string) {
      setNeedsSignIn(false);
      forgetAttempt(showId);
      setAttempt(null);
      setMessage(message);
    },
  };
}
