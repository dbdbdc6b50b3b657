import { useMemo } from 'react';
import { encode } from 'uqr';

/** Modules of light margin that scanners need on each side, by ISO/IEC 18004. */
const quietZone = 4;

/** A QR code: dark on light in both colour schemes, as many scanners cannot read the inverse. */
export function QrCode({ text, label }: { text: string; label: string }) {
  // M: readable with 15 % of it damaged, enough for a folded print.
  const { data, size } = useMemo(() => encode(text, { ecc: 'M', border: quietZone }), [text]);
  const modules = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return (
    <svg className="qr-code" viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges" role="img" aria-label={label}>
      <path d={modules.join('')} />
    </svg>
  );
}
