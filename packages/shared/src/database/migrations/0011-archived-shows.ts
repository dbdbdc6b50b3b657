import { Migration } from '@mikro-orm/migrations';

/** Since when a show's bookings are in an archive: until they are restored, the show must not change. */
export class ArchivedShows extends Migration {
  override name = '0011-archived-shows';

  override up(): void {
    this.addSql('alter table catalog.shows add column archived_at timestamptz;');
  }

  override down(): void {
    this.addSql('alter table catalog.shows drop column archived_at;');
  }
}
