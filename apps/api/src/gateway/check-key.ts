import { TRPCError } from '@trpc/server'
import { z } from 'zod'
import type { GatewayAnswer, GatewayCalls } from './gateway-calls.js'

/** The check of a key at its vendor, by a gateway. */
export interface KeyCheck {
  /** `ok`, `limited`, `no_money`, `refused`, `unproven`, `unreachable` or `missing`. */
  readonly result: string
  /** Null without an answer of the vendor. */
  readonly httpStatus: number | null
  /** What to do; null if nothing is. */
  readonly remedy: string | null
}

interface CheckedKey extends KeyCheck {
  readonly providerName: string
  /** Of a sealed key; null if it cannot be opened. */
  readonly fingerprint: string | null
}

const schema = z.object({
  keys: z.array(
    z.object({
      providerName: z.string(),
      result: z.string(),
      httpStatus: z.number().nullable(),
      remedy: z.string().nullable(),
      fingerprint: z
        .string()
        .regex(/^[0-9a-f]{32}$/)
        .nullable()
        .default(null),
    }),
  ),
})

/** Longer than the 15 s that a vendor has. */
const timeoutMs = 20_000

/** A provider's key; without `sealed` the one that it has. */
interface KeyToCheck {
  readonly providerName: string
  readonly sealed?: { readonly ciphertext: string; readonly keyPairId: string }
}

/** Has a gateway check a key at its vendor. @throws TRPCError as {@link GatewayCalls.ask}; BAD_GATEWAY for a refusal */
export async function checkKey(
  gateway: Pick<GatewayCalls, 'ask'>,
  body: KeyToCheck,
  signal: AbortSignal | undefined,
): Promise<CheckedKey> {
  return checkedKeyIn(await gateway.ask({ method: 'POST', path: '/v1/keys/check', body, timeoutMs, signal }))
}

/** The one key in a gateway's answer. @throws TRPCError BAD_GATEWAY for another answer, with its message */
function checkedKeyIn(answer: GatewayAnswer): CheckedKey {
  const key = schema.safeParse(answer.body).data?.keys[0]
  if (answer.httpStatus === 200 && key !== undefined) return key
  throw new TRPCError({ code: 'BAD_GATEWAY', message: refusalIn(answer) })
}

const errorSchema = z.object({ error: z.object({ message: z.string() }) })

/** The message of an error in OpenAI's format; the HTTP status without one. */
export function refusalIn({ httpStatus, body }: GatewayAnswer): string {
  return errorSchema.safeParse(body).data?.error.message ?? `the gateway answers ${httpStatus}`
}
