import assert from 'node:assert/strict'
import type { QuotaStore } from '../store.js'
import { Fixture } from './fixture.js'
import type { StoreHarness } from './harness.js'

/** One guarantee that every store must keep. */
export interface StoreContractCase {
  /** The guarantee. */
  readonly name: string
  /**
   * Whether it calls {@link StoreHarness.advance}: `exact` where time must stand still in between, `rough` where a clock
   * will do that goes on.
   */
  readonly needsClock: false | 'exact' | 'rough'
  /** Whether it calls {@link StoreHarness.openBeside}. */
  readonly needsBeside: boolean
  /** Rejects with an AssertionError when the store breaks the guarantee. */
  run(harness: StoreHarness): Promise<void>
}

/** A case that ends with an examination of the books of all that its scene has used. */
export function contractCase(name: string, play: (fixture: Fixture) => Promise<void>): StoreContractCase {
  return { name, needsClock: false, needsBeside: false, run: harness => perform(harness, play) }
}

/** The same, for a guarantee that only a movable clock can show. */
export function clockCase(name: string, play: (fixture: Fixture) => Promise<void>): StoreContractCase {
  return { name, needsClock: 'exact', needsBeside: false, run: harness => perform(harness, play) }
}

/** The same, for a guarantee that a second store on the same data puts to the test. */
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
  return { name, needsClock: false, needsBeside: true, run }
}

async function perform(harness: StoreHarness, play: (fixture: Fixture) => Promise<void>): Promise<void> {
  const fixture = await Fixture.open(harness)
  await play(fixture)
  await fixture.expectSoundBooks()
}

/** The same, for one that a clock which goes on can show, too. */
export function roughClockCase(name: string, play: (fixture: Fixture) => Promise<void>): StoreContractCase {
  return { name, needsClock: 'rough', needsBeside: false, run: harness => perform(harness, play) }
}
