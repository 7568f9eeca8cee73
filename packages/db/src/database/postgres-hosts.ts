import { QuotaError } from '@quotakeeper/quota-core'

/**
 * One URL for each host of `postgres://user:password@host1:5432,host2:5433/database`.
 * @throws QuotaError INVALID_INPUT for a text of another form. Never repeats the URL, which may hold a
 *   password.
 */
export function postgresHosts(url: string): readonly [string, ...string[]] {
  const match = /^(postgres(?:ql)?:\/\/(?:[^@/?]*@)?)([^/?]*)(.*)$/s.exec(url)
  const [first, ...others] = (match?.[2] ?? '').split(',').map(host => `${match?.[1]}${host}${match?.[3]}`)
  if (match === null || first === undefined || [first, ...others].some(host => !URL.canParse(host))) {
    throw new QuotaError(
      'INVALID_INPUT',
      'QUOTA_DATABASE_URL must have the form postgres://user:password@host:5432/database, hosts separated by commas',
      { field: 'QUOTA_DATABASE_URL' },
    )
  }
  return [first, ...others]
}
