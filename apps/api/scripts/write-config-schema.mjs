// Writes the JSON Schema of the configuration file from the zod schema. Build first.
import { writeFileSync } from 'node:fs'
import { configJsonSchema } from '../dist/config/config-json-schema.js'

const file = new URL('../quotakeeper.config.schema.json', import.meta.url)
writeFileSync(file, `${JSON.stringify(configJsonSchema(), null, 2)}\n`)
