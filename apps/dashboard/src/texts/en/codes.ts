/** Codes of the API in words. */
export const codes = {
  outcomeWithCode: '{outcome}: {code}',
  outcomes: { answered: 'answered', refused: 'refused', aborted: 'aborted' },
  severities: { warning: 'warning', critical: 'critical', error: 'error' },
  /** Of a row of the ledger: its state, its kind, or how its call ended. */
  states: {
    pending: 'pending',
    committed: 'committed',
    released: 'released',
    expired: 'expired',
    record: 'record',
    adjustment: 'adjustment',
    succeeded: 'succeeded',
    refused: 'refused',
    failed: 'failed',
    aborted: 'aborted',
  },
  tokenStates: { valid: 'valid', expired: 'expired', revoked: 'revoked' },
  scopes: { call: 'call', read: 'read', record: 'record', admin: 'admin' },
  managedBy: { file: 'the configuration file', api: 'the API', demo: 'sample' },
} as const
