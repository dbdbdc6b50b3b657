/** Bytes in base64url, as our messages carry them, in PostgreSQL's text form. */
export function toBytea(base64url: string): string {
  return `\\x${Buffer.from(base64url, 'base64url').toString('hex')}`;
}

export function fromBytea(text: string): string {
  return Buffer.from(text.slice(2), 'hex').toString('base64url');
}
