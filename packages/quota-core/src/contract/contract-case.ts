import assert from 'node:assert/strict'
import type { QuotaStore } from '../store.js'
import { Fixture } from './fixture.js'
import type { StoreHarness } from './harness.js'

/** One guarantee that every store must keep. */
export interface StoreContractCase {
  /** The guarantee. */
  readonly name: string
  /**
   * Whether it calls {@link StoreHarness.advance}: `exact` needs a clock that stands still in between, `rough` also
   * works with a running clock.
   */
  readonly needsClock: false | 'exact' | 'rough'
  /** Whether it calls {@link StoreHarness.openBeside}. */
  readonly needsBeside: boolean
  /** Whether it writes thousands of rows, which takes a second or more. */
  readonly hasManyRows: boolean
  /** Rejects with an AssertionError if the store breaks the guarantee. */
  run(harness: StoreHarness): Promise<void>
}

/** A case that ends with an examination of all providers and pools of its fixture. */
export function contractCase(name: string, play: (fixture: Fixture) => Promise<void>): StoreContractCase {
  return {
    name,
    needsClock: false,
    needsBeside: false,
    hasManyRows: false,
    run: harness => perform(harness, play),
  }
}

/** A case that needs a movable clock. */
export function clockCase(name: string, play: (fixture: Fixture) => Promise<void>): StoreContractCase {
  return {
    name,
    needsClock: 'exact',
    needsBeside: false,
    hasManyRows: false,
    run: harness => perform(harness, play),
  }
}

/** A case that needs a second store on the same data. */
export function besideCase(
  name: string,
  play: (fixture: Fixture, beside: QuotaStore) => Promise<void>,
): StoreContractCase {
  const run = (harness: StoreHarness): Promise<void> =>
    perform(harness, async fixture => {
      assert.ok(harness.openBeside, 'this case needs a second store on the same data')
      const beside = await harness.openBeside()
      try {
        await play(fixture, beside)
      } finally {
        await beside.close()
      }
    })
  return { name, needsClock: false, needsBeside: true, hasManyRows: false, run }
}

async function perform(harness: StoreHarness, play: (fixture: Fixture) => Promise<void>): Promise<void> {
  const fixture = await Fixture.open(harness)
  await play(fixture)
  await fixture.expectSoundBooks()
}

/** The case, marked as one that writes thousands of rows. */
export function withManyRows(original: StoreContractCase): StoreContractCase {
  return { ...original, hasManyRows: true }
}

/** A case that needs a movable clock, which may also run. */
export function roughClockCase(name: string, play: (fixture: Fixture) => Promise<void>): StoreContractCase {
  return {
    name,
    needsClock: 'rough',
    needsBeside: false,
    hasManyRows: false,
    run: harness => perform(harness, play),
  }
}
