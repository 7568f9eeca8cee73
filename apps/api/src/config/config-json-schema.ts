import { z } from 'zod'
import { configSchema } from './config-schema.js'

/** The JSON Schema of the configuration file, for editors and generators. */
export function configJsonSchema(): object {
  const schema = z.toJSONSchema(configSchema, {
    io: 'input',
    target: 'draft-7',
    override: ({ jsonSchema }) => {
      delete jsonSchema.readOnly
    },
  })
  return { ...schema, title: 'Quotakeeper configuration' }
}
