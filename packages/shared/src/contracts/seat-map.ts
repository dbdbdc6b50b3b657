import { z } from 'zod';

const exampleSeat = (seat_number: string, number: number) => ({
  ...{ seat_number, row: 'A', number, column: number },
  ...{ category: 'standard', accessible: false, price: 1_000 },
});

const seatStatuses = ['available', 'held', 'booked'] as const;
export const SeatMap = z
  .object({
    show_id: z.number().int(),
    total_seats: z.number().int(),
    seats_per_row: z.number().int(),
    available_seats: z.number().int(),
    seats: z.array(
      z.object({
        seat_number: z.string().describe('the label, e.g. B7'),
        row: z.string(),
        number: z.number().int().describe('the position in the row, from 1'),
        column: z.number().int().describe('the place in the row, from 1, gaps counted'),
        category: z.string(),
        accessible: z.boolean(),
        price: z.number().int().describe('in minor units of the currency; 0 when the show is free'),
        status: z.enum(seatStatuses),
      }),
    ),
  })
  .meta({
    id: 'SeatMap',
    example: {
      show_id: 7,
      total_seats: 2,
      seats_per_row: 10,
      available_seats: 1,
      seats: [
        { ...exampleSeat('A1', 1), status: 'booked' },
        { ...exampleSeat('A2', 2), status: 'available' },
      ],
    },
  });
export type SeatMap = z.infer<typeof SeatMap>;

/** The changes of a seat map: the seats whose status is different now. */
export const SeatChanges = SeatMap.pick({ show_id: true, available_seats: true, seats: true }).meta({
  id: 'SeatChanges',
  example: {
    show_id: 7,
    available_seats: 0,
    seats: [{ ...exampleSeat('A2', 2), status: 'booked' }],
  },
});
export type SeatChanges = z.infer<typeof SeatChanges>;
