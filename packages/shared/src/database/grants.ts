import type { ServiceRole } from './service-roles.ts';

/**
 * Everything that each service may do with each table; nothing else. A migration that adds a table adds it here:
 * `secureRoles` makes it so after every migration, whatever had been granted before. The rest follows from it: a
 * service may use the schemas of these tables and the sequences of those it inserts into, and connect to the database. Privileges are in alphabetical order.
 */
export const grants: Record<ServiceRole, Record<string, string>> = {
  boxoffice_gateway: {
    'identity.users': 'delete insert select update',
    'identity.refresh_tokens': 'delete insert select update',
    'identity.access_revocations': 'delete insert select update',
    'identity.session_revocations': 'delete insert select',
    'identity.audit_lines': 'insert select',
    'catalog.audit_lines': 'select',
    'booking.bookings': 'select',
    'booking.seat_claims': 'select',
    'booking.requests': 'select',
    'booking.audit_lines': 'select',
    'booking.outbox': 'select',
    'booking.payment_verdicts': 'select',
    'installation.partitionings': 'select',
    'payments.payments': 'insert select update',
    'payments.payment_events': 'insert select update',
    'payments.audit_lines': 'insert select',
    'payments.test_checkouts': 'insert select update',
  },
  boxoffice_catalog: {
    'catalog.movies': 'delete insert select update',
    'catalog.shows': 'delete insert select update',
    'catalog.screens': 'delete insert select update',
    'catalog.layouts': 'insert select',
    'catalog.audit_lines': 'insert select',
    'booking.bookings': 'select',
    'booking.seat_claims': 'select',
  },
  boxoffice_worker: {
    'booking.bookings': 'insert select update',
    'booking.seat_claims': 'delete insert select update',
    'booking.requests': 'delete insert select',
    'booking.audit_lines': 'insert select',
    'booking.outbox': 'delete insert select',
    'booking.payment_verdicts': 'insert select',
    'installation.partitionings': 'insert select',
    'catalog.movies': 'select',
    'catalog.shows': 'select',
    'catalog.layouts': 'select',
  },
};
