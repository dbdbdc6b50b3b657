import { memo } from 'react';
import './poster.css';

/** Background, far shape, near shape. */
const palettes = [
  ['#20304d', '#e8b04a', '#b8472f'],
  ['#5b1f2b', '#f0c9a4', '#d86a4a'],
  ['#1f4038', '#e9d8a6', '#c8713a'],
  ['#3a2a55', '#f2a65a', '#d1495b'],
  ['#23414f', '#f3e2c0', '#d98a3d'],
  ['#4a3a1c', '#f0d58c', '#9c3b2e'],
] as const;

/** A poster drawn from a movie's title: the same title always gives the same picture. Decorative only. */
export const Poster = memo(function Poster({ title }: { title: string }) {
  let seed = 7;
  for (const character of title) seed = (seed * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003;
  const pick = (count: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % count;
  };
  const [background, far, near] = palettes[pick(palettes.length)] ?? palettes[0];
  const shape = pick(5);
  const x = 35 + pick(50);
  return (
    <svg className="poster" viewBox="0 0 120 170" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <rect width="120" height="170" fill={background} />
      {shape === 0 && (
        <>
          <circle cx={x} cy="70" r="34" fill={far} />
          <path d={`M0 112Q${x} 84 120 118V170H0z`} fill={near} />
        </>
      )}
      {shape === 1 &&
        [0, 1, 2, 3, 4, 5, 6].map((i) => (
          <path key={i} d={`M${i * 20 - 30} 170L${x} ${24 + i * 3}`} stroke={i % 2 ? far : near} strokeWidth={9 - i} />
        ))}
      {shape === 2 && (
        <g fill="none" stroke={far} strokeWidth="2">
          <circle cx={x} cy="82" r="18" fill={near} stroke="none" />
          <ellipse cx={x} cy="82" rx="44" ry="15" transform={`rotate(-24 ${x} 82)`} />
          <ellipse cx={x} cy="82" rx="62" ry="24" transform={`rotate(-24 ${x} 82)`} />
        </g>
      )}
      {shape === 3 && (
        <g stroke={far} strokeWidth="3">
          <circle cx="60" cy="80" r="42" fill="none" />
          <path d={`M60 80L${x} 52M60 80L84 98`} stroke={near} strokeWidth="5" strokeLinecap="round" />
        </g>
      )}
      {shape === 4 && (
        <>
          <path d={`M0 150L${x} 36L120 150z`} fill={far} />
          <path d={`M${x} 36L120 150L${x - 20} 150z`} fill={near} />
        </>
      )}
    </svg>
  );
});
