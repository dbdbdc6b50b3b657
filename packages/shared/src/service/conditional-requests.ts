/**
 * Whether an `If-None-Match` header lists this entity tag (RFC 9110, 13.1.2): the client has the
 * current representation, and a GET is answered with 304. Compares weakly, so `W/"a"` matches `"a"`.
 *
 * @param header the header's value; undefined matches nothing, `*` matches every tag
 * @param etag the current entity tag; it must not contain a comma
 */
export function matchesIfNoneMatch(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((candidate) => opaqueTag(candidate.trim()) === opaqueTag(etag));
}

/** The tag without its mark of weakness; the quotes are part of it. */
function opaqueTag(etag: string): string {
  return etag.replace(/^W\//, '');
}
