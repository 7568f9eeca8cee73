import { z } from 'zod'

/** A JSON Schema, as far as the doors look into it. */
export interface JsonSchema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly [keyword: string]: unknown
}

/** The JSON Schema (2020-12) of what a caller may send for the input. */
export function inputJsonSchema(input: z.ZodType): JsonSchema {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(input, {
    io: 'input',
    override: ({ jsonSchema }) => {
      // zod marks read-only arrays of TypeScript so; to OpenAPI it would mean "never send this".
      delete jsonSchema.readOnly
    },
  })
  // The same object, of which zod's type knows more keywords than we look at.
  return schema as JsonSchema
}
