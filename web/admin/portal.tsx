import { ProblemError, type User } from '@boxoffice/client';
import { ErrorMessage, Loading, Outage } from '../lib/notices.tsx';
import { useQuery } from '../lib/query.ts';
import { boxoffice } from '../lib/session.ts';
import { useAccessDenied } from './access.ts';
import { Gate } from './gate.tsx';
import { Sections } from './sections.tsx';

/** The portal for administrators, and the sign-in for everyone else. */
export function Portal() {
  const { data: user, outage, problem, refetch } = useQuery('me', getCurrentUser);
  useAccessDenied(refetch);
  if (user === undefined) {
    return (
      <main className="gate">
        {!outage && !problem && <Loading what="the portal" />}
        <Outage message={outage} />
        <ErrorMessage message={problem?.message} />
        {problem && (
          <button type="button" onClick={refetch}>
            Try again
          </button>
        )}
      </main>
    );
  }
  if (user?.role !== 'admin') return <Gate user={user} onChange={refetch} />;
  return <Sections user={user} onSignOut={refetch} />;
}

/** The signed-in user; null when nobody is signed in, or no longer. */
async function getCurrentUser(signal: AbortSignal): Promise<User | null> {
  if (!boxoffice.isLoggedIn()) return null;
  try {
    return await boxoffice.get('/api/auth/me/', { signal });
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'unauthenticated') return null;
    throw error;
  }
}
