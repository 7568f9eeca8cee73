/**
 * @typedef {{
 *   readonly type?: string | readonly string[]
 *   readonly description?: string
 *   readonly properties?: Readonly<Record<string, Schema>>
 *   readonly required?: readonly string[]
 *   readonly items?: Schema
 *   readonly additionalProperties?: Schema | boolean
 *   readonly anyOf?: readonly Schema[]
 * }} Schema a JSON Schema
 * @typedef {{ readonly name: string, readonly schema: Schema, readonly isRequired: boolean, readonly values: readonly unknown[] }} Setting
 * `values`: those in the example
 */

const intro = `# Configuration

Made from the schema of the configuration and from [the example with every setting](../examples/every-setting.yaml) by
\`node scripts/write-docs.mjs\`. Change it there: the description of a setting is beside it in
\`apps/api/src/config/config-schema.ts\`.

The file is \`quotakeeper.config.yaml\` in the working directory, or the one that \`QUOTA_CONFIG\` names. Unknown settings are
refused, with line and column. [A short example](../examples/quotakeeper.config.yaml) is a better start than this page.
Settings of the processes (ports, tokens, the database) are variables: those of the [API](../apps/api/README.md#settings)
and those of the [gateway](../apps/orchestrator/README.md#settings). Vendors' keys are in variables, too, never in this
file.
`

const limitsWords = `A map, or a list if a limit needs more than its metric, window, model and maximum. In a map a key is
\`METRIC/WINDOW\` or \`METRIC/WINDOW@MODEL\`, and the value the maximum: \`requests/day: 250\`, \`cost/month: $20\`,
\`tokens/rolling-60s@llama-*: 6000\`, \`concurrency: 5\`. What counts as what is in
[the rules of counting](counting.md).`

/**
 * The configuration reference.
 *
 * @param {{ schema: Schema, example: Record<string, unknown>, source: string }} input `source`: the example's text
 * @returns {{ readonly page: string, readonly faults: readonly string[] }} `faults`: settings without description,
 * default or example
 */
export function configurationPage({ schema, example, source }) {
  /** @type {string[]} */
  const faults = []
  const top = Object.entries(schema.properties ?? {}).filter(([name]) => !name.startsWith('$'))
  const sections = top.flatMap(([name, part]) => {
    const description = part.description ?? ''
    if (description === '') faults.push(`${name} has no description`)
    const values = valuesIn(example[name], part)
    const rows = settingsOf(rowSchema(part), values).map(setting => rowOf(setting, `${name}.`, faults))
    const section = [
      `## ${name}`,
      `${sentence(description)}${keyedBy(part)}`,
      tableOf(rows),
      fenced(blockOf(source, name)),
    ]
    return name === 'pools' ? [...section, ...limitsSection(part, values, faults)] : section
  })
  return { page: `${[intro.trimEnd(), ...sections].join('\n\n')}\n`, faults }
}

/** @param {Schema} pool @param {readonly unknown[]} values @param {string[]} faults */
function limitsSection(pool, values, faults) {
  const list = rowSchema(pool).properties?.['limits']?.anyOf?.find(({ type }) => type === 'array')
  const examples = values.flatMap(value => valuesIn(field(value, 'limits'), list ?? {}))
  const rows = settingsOf(list?.items ?? {}, examples).map(setting => rowOf(setting, 'limits.', faults))
  return ['## limits', limitsWords, tableOf(rows)]
}

/** The schema of one row of a list or a map, or of the section itself. @param {Schema} part @returns {Schema} */
function rowSchema(part) {
  if (part.items !== undefined) return part.items
  const { additionalProperties: rest } = part
  return part.properties === undefined && typeof rest === 'object' ? rest : part
}

/** @param {Schema} part */
function keyedBy(part) {
  return part.properties === undefined && part.items === undefined ? ' A map by name, whose values have:' : ''
}

/**
 * @param {Schema} schema
 * @param {readonly unknown[]} values
 * @returns {readonly Setting[]} with those of nested objects, named `outer.inner`
 */
function settingsOf(schema, values) {
  const alternatives = schema.anyOf?.every(({ type }) => type === 'object') ? schema.anyOf : [schema]
  return alternatives.flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).flatMap(([name, inner]) => {
      const found = values.map(value => field(value, name)).filter(value => value !== undefined)
      const nested = rowSchema(inner)
      const isNested = nested.properties !== undefined || nested.anyOf?.every(({ type }) => type === 'object')
      const own = { name, schema: inner, isRequired: required.includes(name), values: found }
      if (!isNested) return [own]
      const below = settingsOf(
        nested,
        found.flatMap(value => valuesIn(value, inner)),
      )
      const dotted = below.map(setting => ({ ...setting, name: `${name}.${setting.name}` }))
      return inner.description === undefined ? dotted : [own, ...dotted]
    }),
  )
}

/** @param {Setting} setting @param {string} prefix @param {string[]} faults */
function rowOf({ name, schema, isRequired, values: [example] }, prefix, faults) {
  const [meaning = '', fallback] = (schema.description ?? '').split('; default: ')
  const byDefault = isRequired ? 'required' : fallback
  if (meaning === '') faults.push(`${prefix}${name} has no description`)
  if (byDefault === undefined)
    faults.push(`the description of ${prefix}${name} does not end with "; default: …"`)
  if (example === undefined) faults.push(`${prefix}${name} is not in examples/every-setting.yaml`)
  const shown = name === 'limits' ? meaning.replace('see limits', 'see [limits](#limits)') : meaning
  return `| \`${name}\` | ${cell(shown)} | ${cell(byDefault ?? '')} | \`${cell(flow(example))}\` |`
}

/** @param {readonly string[]} rows */
function tableOf(rows) {
  return ['| setting | meaning | default | example |', '|---|---|---|---|', ...rows].join('\n')
}

/** The rows of a list, the values of a map, or the value itself. @param {unknown} value @param {Schema} schema */
function valuesIn(value, schema) {
  if (Array.isArray(value)) return value
  if (value === undefined) return []
  return schema.properties === undefined && isObject(value) ? Object.values(value) : [value]
}

/** @param {unknown} value @param {string} name */
function field(value, name) {
  return isObject(value) ? value[name] : undefined
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value as YAML in one line. @param {unknown} value @returns {string} */
function flow(value) {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (isObject(value))
    return `{ ${Object.entries(value)
      .map(([name, inner]) => `${flow(name)}: ${flow(inner)}`)
      .join(', ')} }`
  if (typeof value !== 'string') return JSON.stringify(value) ?? ''
  return /^[a-zA-Z$./][\w$./@:+-]*$/.test(value) && !value.endsWith(':') ? value : JSON.stringify(value)
}

/** @param {string} source @param {string} name the block of a section in the example */
function blockOf(source, name) {
  return (source.split(/\n\n(?=[a-z$])/).find(block => block.startsWith(`${name}:`)) ?? '').trimEnd()
}

/** @param {string} yaml */
function fenced(yaml) {
  return `\`\`\`yaml\n${yaml}\n\`\`\``
}

/** @param {string} text */
function sentence(text) {
  return text === '' || text.endsWith('.') ? text : `${text}.`
}

/** @param {string} text */
function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
