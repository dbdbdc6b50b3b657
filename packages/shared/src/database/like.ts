/**
 * A LIKE pattern for values that contain `text`. A character that LIKE treats as a wildcard ("100% Wolf") is
 * escaped with a backslash, PostgreSQL's default.
 */
export function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
}
