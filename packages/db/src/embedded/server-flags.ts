/** PostgreSQL's number of a socket, which has no port. */
export const socketPort = 5432

/**
 * How the embedded server is run: as durable as PostgreSQL is by default, and small. Passed at each start, so that they
 * apply to folders of other releases, too.
 */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '',
  // Within the data folder, which only its owner may enter. Relative to it, the path is never too long for a socket.
  unix_socket_directories: '.',
  unix_socket_permissions: '0700',
  port: String(socketPort),
  ssl: 'off',
  max_connections: '50',
  shared_buffers: '16MB',
  huge_pages: 'off',
  // A full /dev/shm would keep it from starting.
  dynamic_shared_memory_type: 'mmap',
  // Processes that one machine's load does not need: together as large as the rest.
  io_method: 'sync',
  max_worker_processes: '0',
  max_logical_replication_workers: '0',
  max_parallel_workers: '0',
  autovacuum_worker_slots: '2',
  autovacuum_max_workers: '2',
  // It has no replicas.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_replication_slots: '0',
  max_wal_size: '256MB',
  min_wal_size: '48MB',
  // Failed statements are reported by the client that has sent them.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
  lc_messages: 'C',
  timezone: 'UTC',
  log_timezone: 'UTC',
  cluster_name: 'quotakeeper',
}

/** As PostgreSQL's command line has them. */
export function serverFlags(cluster: string): readonly string[] {
  return ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}
