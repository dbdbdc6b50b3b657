import { type Booking, type Problem, ProblemError } from '@boxoffice/client';
import { useEffect, useState } from 'react';
import { errorMessage } from '../lib/errors.ts';
import { navigate } from '../lib/router.tsx';
import { boxoffice } from '../lib/session.ts';
import {
  completeAttempt,
  findAttempt,
  forgetAttempt,
  type HoldAttempt,
  type Progress,
  startAttempt,
  type Wish,
} from './hold-attempt.ts';
import { forgetSelection } from './use-selected-seats.ts';

interface Callbacks {
  setMessage: (message: string | undefined) => void;
  onRefused: (problem: Problem) => void;
}

/** Holds seats of a show, resumes a request that a reload interrupted, and leads to the held booking. */
export function useHold(showId: number, { setMessage, onRefused }: Callbacks) {
  const [attempt, setAttempt] = useState<HoldAttempt | null>(() => findAttempt(showId));
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
      forgetSelection(showId);
      navigate(`/bookings/${booking.id}`);
    };
    const fail = (reason: unknown) => {
      const problem = reason instanceof ProblemError ? reason.problem : undefined;
      if (problem?.code === 'unauthenticated') return setNeedsSignIn(true);
      finish();
      if (problem) onRefused(problem);
      else setMessage(errorMessage(reason));
    };
    setProgress({ kind: 'sending' });
    completeAttempt(attempt, { signal, onProgress: (next) => signal.aborted || setProgress(next) }).then(
      (booking) => signal.aborted || succeed(booking),
      (reason) => signal.aborted || fail(reason),
    );
    return () => controller.abort();
  }, [attempt, needsSignIn, showId, setMessage, onRefused]);

  return {
    attempt,
    progress,
    needsSignIn,
    start(wish: Wish) {
      setMessage(undefined);
      setNeedsSignIn(!boxoffice.isLoggedIn());
      setAttempt(startAttempt(showId, wish));
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
