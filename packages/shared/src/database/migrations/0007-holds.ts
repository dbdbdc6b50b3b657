import { Migration } from '@mikro-orm/migrations';

/** Holds, prices as decided, and payments at the counter. */
export class Holds extends Migration {
  override name = '0007-holds';

  override up(): void {
    this.addSql(`
      alter table booking.bookings
        add column cancel_reason text,
        add column expires_at timestamptz,
        add column items jsonb,
        add column total bigint,
        add column currency text,
        add column code text,
        add column confirmed_by uuid,
        add column paid_at timestamptz,
        add column paid_by int,
        add column paid_with text check (paid_with in ('cash', 'card', 'other'));
      create index bookings_held_idx on booking.bookings (expires_at) where status = 'held';
      create index bookings_code_idx on booking.bookings (code) where code is not null;
      create index shows_cancelled_idx on catalog.shows (cancelled_at) where status = 'cancelled';
      alter table booking.requests drop constraint requests_kind_check;
      alter table booking.requests add constraint requests_kind_check
        check (kind in ('book', 'hold', 'confirm', 'cancel', 'pay'));
    `);
    this.addSql(`
      alter table booking.seat_claims add column user_id int;
      update booking.seat_claims set user_id = bookings.user_id from booking.bookings
        where bookings.show_id = seat_claims.show_id and bookings.id = seat_claims.booking_id;
      grant update on booking.seat_claims to boxoffice_worker;
    `);
    for (const schema of ['identity', 'catalog', 'booking']) {
      this.addSql(`
        alter table ${schema}.audit_lines drop constraint audit_lines_action_check;
        alter table ${schema}.audit_lines add constraint audit_lines_action_check
          check (action in ('create', 'change', 'delete', 'cancel', 'pay'));
      `);
    }
  }

  /** Holds become cancelled bookings: the release before does not know them. */
  override down(): void {
    this.addSql(`
      delete from booking.seat_claims where expires_at is not null;
      update booking.bookings set status = 'cancelled', cancelled_at = now() where status in ('held', 'expired');
      delete from booking.requests where kind in ('hold', 'confirm', 'pay');
      delete from booking.audit_lines where action = 'pay';
      alter table booking.requests drop constraint requests_kind_check;
      alter table booking.requests add constraint requests_kind_check check (kind in ('book', 'cancel'));
      revoke update on booking.seat_claims from boxoffice_worker;
      alter table booking.seat_claims drop column user_id;
      drop index catalog.shows_cancelled_idx;
      drop index booking.bookings_held_idx;
      drop index booking.bookings_code_idx;
      alter table booking.bookings drop column cancel_reason, drop column expires_at, drop column items,
        drop column total, drop column currency, drop column code, drop column confirmed_by, drop column paid_at,
        drop column paid_by, drop column paid_with;
    `);
    for (const schema of ['identity', 'catalog', 'booking']) {
      this.addSql(`
        alter table ${schema}.audit_lines drop constraint audit_lines_action_check;
        alter table ${schema}.audit_lines add constraint audit_lines_action_check
          check (action in ('create', 'change', 'delete', 'cancel'));
      `);
    }
  }
}
