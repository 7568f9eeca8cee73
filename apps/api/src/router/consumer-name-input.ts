import { textSchema } from '@quotakeeper/quota-core'
import { z } from 'zod'

/** Input that names a consumer as calls do: a label may have any letters. */
export const consumerNameSchema: z.ZodType<{ readonly name: string }, { readonly name: string }> =
  z.strictObject({
    name: textSchema,
  })
