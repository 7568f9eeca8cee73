import { describe, expect, it } from 'vitest'
import { tokenState, validUntilMs } from './access-token.js'
import { type ConsumerTree, type Relation, relationTo, unregisteredTree } from './consumer-tree.js'
import { mayActFor, mayManageConsumer, mayManageToken, mayReadOf, whyNotAllowed } from './rights.js'
import { type Scope, scopes } from './scope.js'
import { tokenSchema } from './token-input.js'

const relations: readonly Relation[] = ['own', 'below', 'outside']

function grantOf(consumer: string | null, ...given: readonly Scope[]) {
  return { name: 'ci', consumer, scopes: given }
}

describe('a scope', () => {
  it('allows itself alone, and admin also allows reading', () => {
    const allowed = (given: Scope, scope: Scope) =>
      whyNotAllowed(grantOf(null, given), { scope, isForConsumers: false }, 'it') === null
    for (const given of scopes)
      for (const scope of scopes)
        expect(allowed(given, scope), `${given} for ${scope}`).toBe(
          given === scope || (given === 'admin' && scope === 'read'),
        )
  })

  it('says what is missing', () => {
    const need = { scope: 'admin', isForConsumers: false } as const
    expect(whyNotAllowed(grantOf(null, 'read'), need, 'this call')).toBe(
      'this call needs a token with the scope "admin"',
    )
    expect(whyNotAllowed(grantOf('acme', 'admin'), need, 'this call')).toBe(
      'this call needs a token without a consumer; this one is for "acme"',
    )
    expect(whyNotAllowed(grantOf(null, ...scopes), null, 'this call')).toBe(
      'this call needs a token that is set in the environment; stored tokens are refused',
    )
    expect(whyNotAllowed(grantOf('acme', 'admin'), { ...need, isForConsumers: true }, 'it')).toBeNull()
  })
})

describe('a token of a consumer', () => {
  it('acts for its consumer and those below, and reads of them with the scope', () => {
    expect(relations.map(relation => mayActFor(grantOf('acme', 'call'), relation))).toEqual([
      true,
      true,
      false,
    ])
    expect(relations.map(relation => mayReadOf(grantOf('acme', 'read'), relation))).toEqual([
      true,
      true,
      false,
    ])
    expect(relations.map(relation => mayReadOf(grantOf('acme', 'call'), relation))).toEqual([
      false,
      false,
      false,
    ])
  })

  it('manages consumers below its own only', () => {
    expect(relations.map(relation => mayManageConsumer(grantOf('acme', 'admin'), relation))).toEqual([
      false,
      true,
      false,
    ])
    expect(relations.some(relation => mayManageConsumer(grantOf('acme', 'call', 'read'), relation))).toBe(
      false,
    )
  })

  it('manages tokens below its own, and its own that administer nothing', () => {
    const may = (relation: Relation | null, ...given: readonly Scope[]) =>
      mayManageToken(grantOf('acme', 'admin'), { relation, scopes: given })
    expect([may('below', 'admin'), may('below', 'call')]).toEqual([true, true])
    expect([may('own', 'call', 'read', 'record'), may('own', 'call', 'admin')]).toEqual([true, false])
    expect([may('outside', 'call'), may(null, 'call')]).toEqual([false, false])
    expect(mayManageToken(grantOf('acme', 'call'), { relation: 'below', scopes: ['call'] })).toBe(false)
  })

  it('is related to names by the tree', async () => {
    const parents: Readonly<Record<string, string>> = { team: 'acme', app: 'team' }
    const within = (name: string, ancestor: string): boolean =>
      name === ancestor || (parents[name] !== undefined && within(parents[name], ancestor))
    const tree: ConsumerTree = { ...unregisteredTree, isWithin: async (name, of) => within(name, of) }
    expect(await Promise.all(['acme', 'app', 'globex'].map(name => relationTo(tree, name, 'acme')))).toEqual(
      relations,
    )
    expect(await relationTo(tree, 'acme', 'app')).toBe('outside')
  })
})

it('a token without a consumer acts for, reads of and manages everything within its scopes', () => {
  for (const relation of relations) {
    expect(mayActFor(grantOf(null, 'call'), relation)).toBe(true)
    expect(mayReadOf(grantOf(null, 'read'), relation)).toBe(true)
    expect(mayManageConsumer(grantOf(null, 'admin'), relation)).toBe(true)
    expect(mayManageToken(grantOf(null, 'admin'), { relation, scopes })).toBe(true)
    expect(mayManageToken(grantOf(null, 'read'), { relation, scopes })).toBe(false)
  }
})

it('a token ends at the very instant of its expiry or revocation, whichever comes first', () => {
  const of = (expiresAtMs: number | null, revokedAtMs: number | null) => ({ expiresAtMs, revokedAtMs })
  expect([9, 10].map(nowMs => tokenState(of(10, null), nowMs))).toEqual(['valid', 'expired'])
  expect([9, 10].map(nowMs => tokenState(of(null, 10), nowMs))).toEqual(['valid', 'revoked'])
  expect(tokenState(of(null, null), Number.MAX_SAFE_INTEGER)).toBe('valid')
  expect([of(10, 20), of(20, 10), of(null, 10), of(10, null), of(null, null)].map(validUntilMs)).toEqual([
    10,
    10,
    10,
    10,
    null,
  ])
})

it('hashes are read in any case, with or without their name; scopes are ordered, each once', () => {
  const hash = 'AB'.repeat(32)
  const given = { name: 'ci', scopes: ['read', 'call', 'read'] as const }
  for (const sha256 of [hash, `sha256:${hash}`, hash.toLowerCase()])
    expect(tokenSchema.parse({ ...given, sha256 })).toEqual({
      name: 'ci',
      consumer: null,
      scopes: ['call', 'read'],
      expiresAtMs: null,
      sha256: hash.toLowerCase(),
    })
  for (const sha256 of ['', hash.slice(1), `${hash}0`, `sha512:${hash}`, 'sk-old-1'])
    expect(tokenSchema.safeParse({ ...given, sha256 }).success, sha256).toBe(false)
})
