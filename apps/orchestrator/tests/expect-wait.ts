import { expect } from 'vitest'

/**
 * Expects the wait that a vendor has stated in `retry-after`, less what has passed since: whole seconds on a busy machine.
 *
 * @returns the answer
 */
export async function expectWait(ask: () => Promise<Response>, vendorSeconds: number): Promise<Response> {
  const startMs = Date.now()
  const response = await ask()
  const passedSeconds = Math.floor((Date.now() - startMs) / 1_000)
  const seconds = Number(response.headers.get('retry-after'))
  expect(seconds).toBeLessThanOrEqual(vendorSeconds)
  // Of each wait at least the last second is stated.
  expect(seconds).toBeGreaterThanOrEqual(Math.max(1, vendorSeconds - passedSeconds))
  return response
}
