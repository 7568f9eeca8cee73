import { afterAll } from 'vitest'
import { type Fixture, type FixtureKey, startFixture } from './fixture.js'
import { type RecordedVendor, type Respond, startRecordedVendor } from './recorded-vendor.js'
import { sharedTestApi } from './test-api.js'

/** A vendor that answers what a test has recorded for it, and gateways whose keys are there. */
export interface RecordedFixtures {
  readonly vendor: RecordedVendor
  /** Starts a gateway with these keys; forgets what the vendor was asked before. */
  fixtureOf(
    keys: Readonly<Record<string, FixtureKey>>,
    environment?: Readonly<Record<string, string>>,
  ): Promise<Fixture>
}

/** Starts the vendor of a file of tests, which ends with them. What is not recorded is answered 500. */
export async function startRecordedFixtures(): Promise<RecordedFixtures> {
  const vendor = await startRecordedVendor((_, response) => response.writeHead(500).end())
  afterAll(() => vendor[Symbol.asyncDispose]())
  return {
    vendor,
    fixtureOf: async (keys, environment = {}) => {
      vendor.calls.length = 0
      vendor.next.length = 0
      const placed = Object.entries(keys).map(([name, key]) => [name, { baseUrl: vendor.baseUrl, ...key }])
      return startFixture(await sharedTestApi(), { keys: Object.fromEntries(placed), environment })
    },
  }
}

/** Answers with a body of JSON. */
export function json(body: unknown, status = 200): Respond {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
}
