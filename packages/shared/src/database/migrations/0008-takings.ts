import { Migration } from '@mikro-orm/migrations';

/** Finds the payments of a day. */
export class Takings extends Migration {
  override name = '0008-takings';

  override up(): void {
    this.addSql('create index bookings_paid_at_idx on booking.bookings (paid_at) where paid_at is not null;');
  }

  override down(): void {
    this.addSql('drop index booking.bookings_paid_at_idx;');
  }
}
