import { Migration } from '@mikro-orm/migrations';

/** Three schemas, each written by one service; the roles make PostgreSQL reject writes by the others. */
export class FirstSchema extends Migration {
  override name = '0001-first-schema';

  override up(): void {
    this.addSql(`create schema identity; create schema catalog; create schema booking;`);
    this.addSql(`
      create table identity.users (
        id serial primary key,
        username text not null,
        email text not null,
        password_hash text not null,
        role text not null default 'user' check (role in ('user', 'admin')),
        is_active boolean not null default true,
        created_at timestamptz not null default now()
      );
      create unique index users_username_key on identity.users (lower(username));
      create unique index users_email_key on identity.users (lower(email));
    `);
    this.addSql(`
      create table identity.refresh_tokens (
        hash text primary key,
        family uuid not null,
        user_id int not null constraint refresh_tokens_user_id_foreign references identity.users on delete cascade,
        created_at timestamptz not null default now(),
        expires_at timestamptz not null,
        used_at timestamptz,
        revoked_at timestamptz
      );
      create index refresh_tokens_family_idx on identity.refresh_tokens (family);
      create index refresh_tokens_user_id_idx on identity.refresh_tokens (user_id);
      create index refresh_tokens_expires_at_idx on identity.refresh_tokens (expires_at);
    `);
    this.addSql(`
      create table catalog.movies (
        id serial primary key,
        title text not null,
        duration_minutes int not null,
        description text not null default '',
        rating text not null default '',
        language text not null default '',
        poster_url text,
        created_at timestamptz not null default now()
      );
      create index movies_title_idx on catalog.movies (title, id);
    `);
    this.addSql(`
      create table catalog.shows (
        id serial primary key,
        movie_id int not null constraint shows_movie_id_foreign references catalog.movies,
        screen_name text not null,
        date_time timestamptz not null,
        total_seats int not null,
        seats_per_row int not null default 10,
        created_at timestamptz not null default now(),
        constraint shows_total_seats_check check (total_seats > 0),
        constraint shows_seats_per_row_check check (seats_per_row > 0)
      );
      create index shows_movie_id_date_time_idx on catalog.shows (movie_id, date_time, id);
      create index shows_date_time_idx on catalog.shows (date_time, id);
    `);
    this.addSql(`
      create table booking.bookings (
        show_id int not null,
        id uuid not null,
        user_id int not null,
        seats text[] not null,
        status text not null check (status in ('held', 'booked', 'cancelled', 'expired')),
        created_at timestamptz not null,
        cancelled_at timestamptz,
        cancelled_by uuid,
        primary key (show_id, id)
      );
      create index bookings_user_id_id_idx on booking.bookings (user_id, id);
      create unique index bookings_cancelled_by_key on booking.bookings (show_id, cancelled_by) where cancelled_by is not null;
    `);
    this.addSql(`
      create table booking.seat_claims (
        show_id int not null,
        seat_number text not null,
        booking_id uuid not null,
        expires_at timestamptz,
        primary key (show_id, seat_number)
      );
    `);
    // Roles are shared by the whole server, so another database may have created them already.
    for (const role of ['boxoffice_gateway', 'boxoffice_catalog', 'boxoffice_worker']) {
      this.addSql(`
        do $$ begin create role ${role} nologin; exception when duplicate_object or unique_violation then null; end $$;
        do $$ begin execute format('grant ${role} to %I', current_user); exception when unique_violation then null; end $$;
        do $$ begin execute format('grant connect on database %I to ${role}', current_database()); end $$;
      `);
    }
    this.addSql(`
      grant usage on schema identity, booking to boxoffice_gateway;
      grant select, insert, update, delete on all tables in schema identity to boxoffice_gateway;
      grant usage on all sequences in schema identity to boxoffice_gateway;
      grant select on all tables in schema booking to boxoffice_gateway;

      grant usage on schema catalog, booking to boxoffice_catalog;
      grant select, insert, update, delete on all tables in schema catalog to boxoffice_catalog;
      grant usage on all sequences in schema catalog to boxoffice_catalog;
      grant select on all tables in schema booking to boxoffice_catalog;

      grant usage on schema booking, catalog to boxoffice_worker;
      grant select, insert, update on booking.bookings to boxoffice_worker;
      grant select, insert, delete on booking.seat_claims to boxoffice_worker;
      grant select on all tables in schema catalog to boxoffice_worker;
    `);
  }

  override down(): void {
    this.addSql('drop schema booking cascade; drop schema catalog cascade; drop schema identity cascade;');
  }
}
