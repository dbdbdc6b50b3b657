/** A wheelchair, in place of the seat number. */
export function AccessibleIcon() {
  return (
    <svg className="accessible-icon" viewBox="0 0 24 24" aria-hidden="true">
      <circle cx="10" cy="4" r="2.2" />
      <path d="M10 8v6h6l3 5.5M10 10.8h5.5M7.6 11.4a5.2 5.2 0 1 0 7 7" />
    </svg>
  );
}
