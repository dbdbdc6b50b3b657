import { Migration } from '@mikro-orm/migrations';

const auditActions = (schema: string, ...actions: string[]) => `
  alter table ${schema}.audit_lines drop constraint audit_lines_action_check;
  alter table ${schema}.audit_lines add constraint audit_lines_action_check
    check (action in (${actions.map((action) => `'${action}'`).join(', ')}));`;

const auditSubjects = (schema: string, ...subjects: string[]) => `
  alter table ${schema}.audit_lines drop constraint audit_lines_subject_check;
  alter table ${schema}.audit_lines add constraint audit_lines_subject_check
    check (subject in (${subjects.map((subject) => `'${subject}'`).join(', ')}));`;

/** Payments, what the line decides about them, and what must happen elsewhere because of a decision. */
export class Payments extends Migration {
  override name = '0009-payments';

  override up(): void {
    // `seq` orders the rows of a partition: its turns commit one after another.
    this.addSql(`
      create table booking.outbox (
        show_id int not null,
        id uuid not null default gen_random_uuid(),
        seq bigserial not null,
        kind text not null,
        data jsonb not null,
        created_at timestamptz not null default transaction_timestamp(),
        primary key (show_id, id)
      );
      create index outbox_seq_idx on booking.outbox (seq);
      create table booking.payment_verdicts (
        show_id int not null,
        payment_id uuid not null,
        booking_id uuid not null,
        accepted boolean not null,
        problem jsonb,
        decided_at timestamptz not null,
        primary key (show_id, payment_id),
        constraint payment_verdicts_check check (accepted = (problem is null))
      );`);
    this.addSql(`
      alter table booking.bookings add column payment_id uuid, add column held_until timestamptz;
      create index bookings_cancelled_paid_idx on booking.bookings (cancelled_at, payment_id)
        where status = 'cancelled' and payment_id is not null;
      alter table booking.requests drop constraint requests_kind_check;
      alter table booking.requests add constraint requests_kind_check
        check (kind in ('book', 'hold', 'confirm', 'cancel', 'pay', 'checkout'));`);
    this.addSql(paymentsSql);
    for (const schema of ['identity', 'catalog', 'booking', 'payments']) {
      this.addSql(auditActions(schema, 'create', 'change', 'delete', 'cancel', 'pay', 'refund'));
      this.addSql(auditSubjects(schema, 'movie', 'show', 'user', 'booking', 'screen', 'payment'));
    }
  }

  /** Forgets all payments. Bookings that were paid online stay booked; extended holds stay extended. */
  override down(): void {
    this.addSql('drop schema payments cascade; drop table booking.outbox; drop table booking.payment_verdicts;');
    for (const schema of ['identity', 'catalog', 'booking']) {
      this.addSql(auditActions(schema, 'create', 'change', 'delete', 'cancel', 'pay'));
      this.addSql(auditSubjects(schema, 'movie', 'show', 'user', 'booking', 'screen'));
    }
    this.addSql(`
      delete from booking.requests where kind = 'checkout';
      alter table booking.requests drop constraint requests_kind_check;
      alter table booking.requests add constraint requests_kind_check
        check (kind in ('book', 'hold', 'confirm', 'cancel', 'pay'));
      drop index booking.bookings_cancelled_paid_idx;
      alter table booking.bookings drop column payment_id, drop column held_until;`);
  }
}

/** Amounts are in minor units. `payment_events` never holds an event's body, only what we made of it. */
const paymentsSql = `
  create schema payments;
  create table payments.payments (
    id uuid primary key,
    show_id int not null,
    booking_id uuid not null,
    user_id int not null,
    provider text not null,
    reference text,
    intent text,
    checkout_url text,
    amount bigint not null constraint payments_amount_check check (amount > 0),
    currency text not null,
    status text not null default 'pending'
      check (status in ('pending', 'authorized', 'captured', 'refunded', 'failed', 'voided')),
    settlement text check (settlement in ('capture', 'void')),
    authorized_amount bigint,
    authorized_currency text,
    refund_reason text,
    refund_requested_by int,
    refund_requested_at timestamptz,
    attention text,
    next_step_at timestamptz,
    tries int not null default 0,
    key_generation int not null default 1,
    created_at timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    authorized_at timestamptz,
    captured_at timestamptz,
    refunded_at timestamptz,
    ended_at timestamptz
  );
  create unique index payments_reference_key on payments.payments (provider, reference);
  create unique index payments_pending_key on payments.payments (booking_id) where status = 'pending';
  create index payments_intent_idx on payments.payments (provider, intent) where intent is not null;
  create index payments_booking_id_idx on payments.payments (booking_id);
  create index payments_created_at_idx on payments.payments (created_at, id);
  create index payments_user_id_idx on payments.payments (user_id, created_at, id);
  create index payments_show_id_idx on payments.payments (show_id, created_at, id);
  create index payments_authorized_at_idx on payments.payments (authorized_at) where authorized_at is not null;
  create index payments_captured_at_idx on payments.payments (captured_at) where captured_at is not null;
  create index payments_refunded_at_idx on payments.payments (refunded_at) where refunded_at is not null;
  create index payments_ended_at_idx on payments.payments (ended_at) where ended_at is not null;
  create index payments_next_step_at_idx on payments.payments (next_step_at) where next_step_at is not null;
  create index payments_attention_idx on payments.payments (created_at) where attention is not null;
  create table payments.payment_events (
    id bigint generated by default as identity primary key,
    payment_id uuid,
    source text not null check (source in ('event', 'boxoffice', 'administrator')),
    provider text not null,
    event_id text,
    kind text not null,
    reference text,
    data jsonb,
    received_at timestamptz not null default now(),
    handled_at timestamptz,
    outcome text,
    tries int not null default 0,
    next_try_at timestamptz
  );
  create unique index payment_events_event_key on payments.payment_events (provider, event_id);
  create index payment_events_payment_id_idx on payments.payment_events (payment_id, id);
  create index payment_events_next_try_at_idx on payments.payment_events (next_try_at) where handled_at is null;
  create table payments.audit_lines (
    id uuid primary key default gen_random_uuid(),
    at timestamptz not null default now(),
    actor_id int not null,
    request_id text not null,
    action text not null constraint audit_lines_action_check check (action in ('refund')),
    subject text not null constraint audit_lines_subject_check check (subject in ('payment')),
    subject_id text not null,
    before jsonb,
    after jsonb
  );
  create index audit_lines_at_idx on payments.audit_lines (at, id);
  create index audit_lines_subject_idx on payments.audit_lines (subject, subject_id, at);
  create table payments.test_checkouts (
    reference text primary key,
    payment_id uuid not null unique,
    amount bigint not null,
    currency text not null,
    status text not null default 'open' check (status in ('open', 'paying', 'authorized', 'captured', 'voided', 'refunded', 'failed')),
    return_url text not null,
    pays_at timestamptz,
    hold_ends_at timestamptz not null,
    created_at timestamptz not null default now()
  );
  create index test_checkouts_pays_at_idx on payments.test_checkouts (pays_at) where status = 'paying';`;
