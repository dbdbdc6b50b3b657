/** Instants as `<input type="datetime-local">` takes and gives them, in the browser's time zone. */

/** `2030-11-22T19:30` */
export function toInputValue(iso: string): string {
  const at = new Date(iso);
  const pad = (value: number, digits = 2) => String(value).padStart(digits, '0');
  const date = `${pad(at.getFullYear(), 4)}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  return `${date}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

/** The instant in UTC; null when the field is empty. */
export function fromInputValue(value: string | undefined): string | null {
  return value ? new Date(value).toISOString() : null;
}
