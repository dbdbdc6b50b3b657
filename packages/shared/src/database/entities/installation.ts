import { defineEntity, p } from '@mikro-orm/core';

/** The number of partitions from a generation on. The newest row applies; rows are only added (partitioning.ts). */
export const PartitioningRow = defineEntity({
  name: 'PartitioningRow',
  schema: 'installation',
  tableName: 'partitionings',
  properties: {
    generation: p.integer().primary().autoincrement(false),
    partitions: p.integer(),
    since: p.datetime().defaultRaw('transaction_timestamp()'),
  },
  checks: [{ name: 'partitionings_partitions_check', expression: 'partitions >= 1 and partitions <= 256' }],
});
