import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { OwnerGuide } from './call-subjects.js'
import { usualKinds } from './call-subjects.js'
import { OwnerChains } from './owner-chains.js'
import type { SubjectRef } from './subject.js'

const names = ['a', 'b', 'c', 'd', 'e']

/** Owners in a map, which report what changes. */
class Owners implements OwnerGuide {
  readonly kinds = usualKinds
  readonly chains: OwnerChains = new OwnerChains()
  readonly #parents = new Map<string, { readonly parent: SubjectRef | null; readonly removedAtMs: null }>()

  owner({
    name,
  }: SubjectRef): { readonly parent: SubjectRef | null; readonly removedAtMs: null } | undefined {
    return this.#parents.get(name)
  }

  lacksOwner(): boolean {
    return false
  }

  put(name: string, parentName: string | null): void {
    const owner = { parent: parentName === null ? null : consumer(parentName), removedAtMs: null }
    this.chains.ownerChanged(consumer(name), this.#parents.get(name), owner)
    this.#parents.set(name, owner)
  }
}

function consumer(name: string): SubjectRef {
  return { kind: 'consumer', name }
}

test('a chain is found again until a parent in it changes, then anew, whatever was known before', () => {
  const anyName = fc.constantFrom(...names)
  const step = fc.record({ name: anyName, parentName: fc.option(anyName), asked: fc.array(anyName) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), steps => {
      const owners = new Owners()
      for (const { name, parentName, asked } of steps) {
        owners.put(name, parentName)
        for (const own of asked) {
          const found = usualKinds.chain(owners, consumer(own))
          const anew = { kinds: usualKinds, owner: owners.owner.bind(owners), lacksOwner: () => false }
          expect(found).toEqual(usualKinds.chain(anew, consumer(own)))
          expect(usualKinds.chain(owners, consumer(own))).toBe(found)
        }
      }
    }),
  )
})

test('names that callers invent do not fill it', () => {
  const owners = new Owners()
  const first = usualKinds.chain(owners, consumer('first'))
  expect(owners.chains.find('consumer', 'first')).toBe(first)
  for (let count = 1; count <= 10_000; count++) usualKinds.chain(owners, consumer(`invented ${count}`))
  expect(owners.chains.find('consumer', 'first')).toBeUndefined()
  expect(owners.chains.find('consumer', 'invented 10000')).toBeDefined()
})
