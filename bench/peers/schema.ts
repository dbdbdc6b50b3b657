/** A peer's tables, as a simple booking application would have them. */
export const peerSchemaSql = `
  create table shows (
    id serial primary key,
    movie_id int not null default 1,
    screen_name text not null default 'Screen 1',
    date_time timestamptz not null,
    total_seats int not null,
    seats_per_row int not null
  );
  create table bookings (
    id bigint generated always as identity primary key,
    show_id int not null references shows,
    user_id int not null,
    seat_number text not null,
    status text not null default 'booked',
    created_at timestamptz not null default now(),
    cancelled_at timestamptz,
    hold_id uuid,
    expires_at timestamptz
  );
  create unique index bookings_seat_key on bookings (show_id, seat_number) where status = 'booked';
  create index bookings_hold_id_idx on bookings (hold_id) where hold_id is not null;
  create unique index bookings_held_key on bookings (show_id, seat_number) where status = 'held';
  create index bookings_expiry_idx on bookings (show_id, expires_at) where status = 'held';
  create index bookings_user_id_idx on bookings (user_id, id)`;
