import type { SessionOptions } from '../../database/database.js'

/** How long a batch waits for a lock until its parts run separately. The same for reads, which so find connections with this setting. */
export const quickLocks: SessionOptions = { lockTimeoutMs: 250 }

/** How long a part waits that has met a lock before. */
export const slowLocks: SessionOptions = { lockTimeoutMs: 2_000 }
