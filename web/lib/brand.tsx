/** The logo, leading to the landing page. */
export function Brand() {
  return (
    <a className="brand" href="/">
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <path d="M5 7h22a2 2 0 0 1 2 2v4a3 3 0 0 0 0 6v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4a3 3 0 0 0 0-6V9a2 2 0 0 1 2-2zm14.5 2.5v3h2v-3zm0 5v3h2v-3zm0 5v3h2v-3z" />
      </svg>
      Boxoffice
    </a>
  );
}
