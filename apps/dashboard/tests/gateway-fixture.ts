import assert from 'node:assert/strict'
import { freePort, startInstance, startVendorStandIn, type VendorStandIn } from '@quotakeeper/test-kit'
import { vi } from 'vitest'
import { type PageFixture, startPageFixture } from './page-fixture.js'

/** An API with the page, a gateway, and a vendor. */
export interface GatewayFixture extends PageFixture {
  readonly gatewayOrigin: string
  readonly vendor: VendorStandIn
  /** What the API and the gateway have logged. */
  output(): string
}

interface GatewayFixtureOptions {
  /** Keys that the vendor accepts. */
  readonly apiKeys: readonly string[]
  /** Of the gateway. */
  readonly environment?: Readonly<Record<string, string>>
  /** Models that the vendor knows and lists; any, and no list, unless given. */
  readonly models?: readonly string[]
}

/** All vendors that are named here answer from the stand-in, as an operator would point them elsewhere. */
const vendorVariables = ['GROQ', 'GEMINI', 'OPENROUTER', 'CEREBRAS', 'MISTRAL', 'HUGGINGFACE']

export async function startGatewayFixture({
  apiKeys,
  environment = {},
  models,
}: GatewayFixtureOptions): Promise<GatewayFixture> {
  const vendor = await startVendorStandIn({ apiKeys, ...(models === undefined ? {} : { models }) })
  const port = String(await freePort())
  const page = await startPageFixture({
    environment: { QUOTA_GATEWAY_PORT: port, QUOTA_API_PROVIDER_PLACES: 'true', QUOTA_LOG_LEVEL: 'debug' },
  })
  const gatewayOrigin = `http://127.0.0.1:${port}`
  const gateway = await startInstance('orchestrator', {
    environment: {
      QUOTA_GATEWAY_PORT: port,
      QUOTA_API_URL: page.origin,
      QUOTA_SEALING_KEY: 'a'.repeat(64),
      QUOTA_LOG_LEVEL: 'debug',
      ...Object.fromEntries(vendorVariables.map(name => [`${name}_BASE_URL`, vendor.baseUrl])),
      ...environment,
    },
  })
  // The gateway offers its sealing key soon after its start.
  await vi.waitFor(async () => assert((await page.client.keys.entered.query()).isOn), { timeout: 120_000 })
  return {
    ...page,
    gatewayOrigin,
    vendor,
    output: () => `${page.output()}\n${gateway.output()}`,
    [Symbol.asyncDispose]: async () => {
      await gateway.stop()
      await page[Symbol.asyncDispose]()
      await vendor.close()
    },
  }
}
