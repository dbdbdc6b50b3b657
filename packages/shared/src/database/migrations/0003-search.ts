import { Migration } from '@mikro-orm/migrations';

/** Indexes for searches: by parts of titles and names, and for bookings with a status other than booked. */
export class Search extends Migration {
  override name = '0003-search';

  override up(): void {
    // Bundled with PostgreSQL, and a database's owner may install it.
    this.addSql('create extension if not exists pg_trgm;');
    this.addSql(`
      create index movies_title_part_idx on catalog.movies using gin (title gin_trgm_ops);
      create index users_part_idx on identity.users using gin (username gin_trgm_ops, email gin_trgm_ops);
      drop index booking.bookings_cancelled_idx;
      create index bookings_not_booked_idx on booking.bookings (status, id) where status <> 'booked';
    `);
  }

  override down(): void {
    this.addSql(`
      drop index catalog.movies_title_part_idx; drop index identity.users_part_idx;
      drop index booking.bookings_not_booked_idx;
      create index bookings_cancelled_idx on booking.bookings (id) where status = 'cancelled';
    `);
  }
}
