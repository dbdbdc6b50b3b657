import { Gauge, type Registry } from 'prom-client';
import type { PartitionQueue } from './partition-queue.ts';

/**
 * Registers gauges of each queue's depth and oldest job; Redis is queried when the metrics are scraped.
 *
 * @param partitions all partitions, and those that no longer exist but whose queues are not empty
 */
export function registerDepthMetrics(partitions: () => Promise<readonly PartitionQueue[]>, metrics: Registry): void {
  const gauge = (name: string, help: string, measure: (partition: PartitionQueue) => Promise<number>) =>
    new Gauge({
      name,
      help,
      labelNames: ['partition'],
      registers: [metrics],
      async collect() {
        const set = async (partition: PartitionQueue) =>
          this.set({ partition: partition.number }, await measure(partition));
        // While Redis is unreachable, no value is better than a stale one.
        this.reset(); // there may be fewer partitions than last time
        await partitions()
          .then((all) => Promise.all(all.map(set)))
          .catch(() => this.reset());
      },
    });
  gauge('booking_queue_jobs', 'Queue depth in jobs, by partition', (partition) => partition.countWaiting());
  gauge('booking_queue_oldest_seconds', 'Age of the oldest waiting job, by partition', (partition) =>
    partition.oldestSeconds(),
  );
}
