import type pg from 'pg';

const movies = 40;
const showsPerMovie = 15;
const seats = 200;

/** Adds movies with half-sold shows; returns the paths visitors request: lists, shows and seat maps. */
export async function addBrowseProgramme(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ movie_id: number; show_id: number }>(
    `with movies as (
         insert into catalog.movies (title, duration_minutes, description, language)
         select 'Film ' || n, 90, 'A film to browse.', 'English' from generate_series(1, $1) as n returning id
       ), shows as (
         insert into catalog.shows (movie_id, screen_name, date_time, total_seats, seats_per_row)
         select id, 'Screen ' || n, now() + n * interval '1 day', $3, 10 from movies, generate_series(1, $2) as n
         returning id, movie_id
       ), claims as (
         insert into booking.seat_claims (show_id, seat_number, booking_id)
         select id, chr(65 + (n - 1) / 10) || ((n - 1) % 10 + 1), gen_random_uuid()
         from shows, generate_series(1, $3, 2) as n
       )
     select movie_id, id as show_id from shows`,
    [movies, showsPerMovie, seats],
  );
  return rows.flatMap(({ movie_id, show_id }, i) => [
    `/api/movies/?page=${(i % 2) + 1}`,
    `/api/movies/${movie_id}/shows/`,
    `/api/shows/${show_id}/`,
    `/api/shows/${show_id}/seats/`,
  ]);
}
