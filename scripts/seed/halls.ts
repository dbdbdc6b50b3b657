import type { Layout } from '@boxoffice/shared/layout';

/** A made-up hall, and what its seats cost. */
export interface SampleHall extends Layout {
  name: string;
  /** In minor units of `sampleCurrency`, by category. */
  prices: Readonly<Record<string, number>>;
}

export const sampleCurrency = 'EUR';

const legend = {
  S: { category: 'standard' },
  P: { category: 'premium' },
  B: { category: 'balcony' },
  W: { category: 'standard', accessible: true },
  V: { category: 'balcony', accessible: true },
};
const only = (...keys: (keyof typeof legend)[]) => Object.fromEntries(keys.map((key) => [key, legend[key]]));

/** 40 seats on both sides of an aisle; wheelchairs at the back, where the door is. */
export const studio: SampleHall = {
  name: 'Studio',
  rows: ['_SSS_SSS_', 'SSSS_SSSS', 'SSSS_SSSS', 'SSSS_SSSS', 'SSSS_SSSS', 'W_______W'],
  legend: only('S', 'W'),
  prices: { standard: 900 },
};

/** 120 seats between two aisles, with a premium block in the middle and wheelchairs in front. */
export const grandHall: SampleHall = {
  name: 'Grand Hall',
  rows: [
    'WW___SSSSSSSS___WW',
    'SSSS_SSSSSSSS_SSSS',
    'SSSS_SSSSSSSS_SSSS',
    'SSSS_PPPPPPPP_SSSS',
    'SSSS_PPPPPPPP_SSSS',
    'SSSS_PPPPPPPP_SSSS',
    'SSSS_SSSSSSSS_SSSS',
    '__SS_SSSSSSSS_SS__',
  ],
  legend: only('S', 'P', 'W'),
  prices: { standard: 1_100, premium: 1_500 },
};

/** 300 seats: a stalls block that widens from the screen, and a balcony behind an aisle. */
export const palace: SampleHall = {
  name: 'Palace',
  rows: [
    'W__SSS_SSSSSSSSSS_SSS__W',
    ...Array(3).fill('_SSSSS_SSSSSSSSSS_SSSSS_'),
    ...Array(5).fill('SSSSSS_PPPPPPPPPP_SSSSSS'),
    '________________________',
    ...Array(4).fill('BBBBBB_BBBBBBBBBB_BBBBBB'),
    '_BBBBB_BBBBBBBBBB_BBBBB_',
    'VV____________________VV',
  ],
  legend: only('S', 'P', 'B', 'W', 'V'),
  prices: { standard: 1_200, premium: 1_600, balcony: 1_000 },
};
