import { createBoxoffice, storedTokens } from '@boxoffice/client';

/** The gateway that serves this page, in the name of whoever is logged in; the box office shares the login. */
export const boxoffice = createBoxoffice({ url: '', tokens: storedTokens(localStorage) });
