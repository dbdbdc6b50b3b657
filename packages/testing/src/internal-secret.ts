/** The secret by which the services of a test recognise each other. */
export const testSecret = 'a secret for tests, of at least 32 characters';
