// Writes src/server/rest/answers.schema.json: JSON Schemas of what procedures answer, from their TypeScript types and
// docstrings. Usage: node scripts/write-answer-schemas.mjs [--check]
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { API } from 'typescript/unstable/sync'

const folder = dirname(dirname(fileURLToPath(import.meta.url)))
const target = join(folder, 'src/server/rest/answers.schema.json')

// Of the compiler, which does not export them.
const flags = {
  ...{ any: 1, unknown: 2, undefined: 4, null: 8, void: 16, string: 32, number: 64, boolean: 256 },
  ...{ stringLiteral: 1_024, numberLiteral: 2_048, booleanLiteral: 8_192, templateLiteral: 4_194_304 },
}
const optionalSymbol = 16_777_216

const api = new API({ cwd: folder })
try {
  const config = join(folder, 'tsconfig.json')
  const project = api.updateSnapshot({ openProjects: [config] }).getProject(config)
  if (project === undefined) throw new Error(`${config} is no project`)
  const text = schemasOf(project)
  if (!process.argv.includes('--check')) writeFileSync(target, text)
  else if (readFileSync(target, 'utf8') !== text) {
    process.stderr.write(
      `${target} is not current: run "npx -y pnpm@12.4.2 --filter @quotakeeper/api run schema"\n`,
    )
    process.exitCode = 1
  }
} finally {
  api.close()
}

/** @param {import('typescript/unstable/sync').Project} project */
function schemasOf({ checker, program }) {
  const file = program.getSourceFile(join(folder, 'src/router/root.ts'))
  const module = file && checker.getSymbolAtLocation(file)
  const root = module && checker.getExportsOfModule(module).find(({ name }) => name === 'AppRouter')
  if (root === undefined) throw new Error('there is no type AppRouter')
  /** @type {Map<string, { id: number, schema: object }>} */
  const named = new Map()
  /** @type {Record<string, object>} */
  const byProcedure = {}
  for (const router of propertiesOf(within(checker.getDeclaredTypeOfSymbol(root), '_def', 'record')))
    for (const procedure of propertiesOf(typeOf(router))) {
      const path = `${router.name}.${procedure.name}`
      // A stream, which is no REST route.
      if (path === 'alerts.stream') continue
      byProcedure[path] = schemaOf(within(typeOf(procedure), '_def', '$types', 'output'), path)
    }
  const schemas = Object.fromEntries([...named].map(([name, { schema }]) => [name, schema]).sort())
  return `${JSON.stringify({ schemas, answers: byProcedure }, null, 2)}\n`

  function propertiesOf(type) {
    return checker.getPropertiesOfType(type)
  }

  function within(type, ...names) {
    return names.reduce((outer, name) => {
      const symbol = checker.getPropertyOfType(outer, name)
      if (symbol === undefined) throw new Error(`${checker.typeToString(outer)} has no ${name}`)
      return typeOf(symbol)
    }, type)
  }

  function typeOf(symbol) {
    const type = checker.getTypeOfSymbol(symbol)
    if (type === undefined) throw new Error(`${symbol.name} has no type`)
    return type
  }

  /** @returns {object} */
  function schemaOf(type, where) {
    if (where.split('.').length > 20) throw new Error(`${where}: too deep`)
    if (type.flags & (flags.any | flags.unknown)) return {}
    if (type.flags & flags.null) return { type: 'null' }
    if (type.flags & (flags.string | flags.templateLiteral)) return { type: 'string' }
    if (type.flags & flags.number) return { type: 'number' }
    if (type.flags & flags.boolean) return { type: 'boolean' }
    if (type.flags & (flags.stringLiteral | flags.numberLiteral | flags.booleanLiteral))
      return { const: type.value }
    if (type.isUnionType()) return unionOf(type, where)
    if (checker.isArrayType(type)) {
      const [item] = checker.getTypeArguments(type)
      return { type: 'array', items: item === undefined ? {} : schemaOf(item, `${where}.[]`) }
    }
    if (type.isObjectType() || type.isIntersectionType()) return objectOf(type, where)
    throw new Error(`${where}: ${checker.typeToString(type)} has no JSON Schema`)
  }

  function unionOf(type, where) {
    const members = (type.getTypes() ?? []).filter(
      ({ flags: own }) => !(own & (flags.undefined | flags.void)),
    )
    const isNullable = members.some(({ flags: own }) => own & flags.null)
    const others = members.filter(({ flags: own }) => !(own & flags.null))
    const booleans = others.filter(({ flags: own }) => own & flags.booleanLiteral)
    const literals = others.filter(({ flags: own }) => own & (flags.stringLiteral | flags.numberLiteral))
    const rest = others.filter(other => !booleans.includes(other) && !literals.includes(other))
    const parts = [
      ...(booleans.length === 2 ? [{ type: 'boolean' }] : booleans.map(({ value }) => ({ const: value }))),
      ...(literals.length === 1 ? [{ const: literals[0]?.value }] : []),
      ...(literals.length > 1 ? [{ enum: literals.map(({ value }) => value) }] : []),
      ...rest.map((member, index) => schemaOf(member, `${where}.|${index}`)),
    ]
    const [only] = parts
    if (isNullable && parts.length === 1 && only !== undefined && typeof only.type === 'string')
      return { ...only, type: [only.type, 'null'] }
    const all = isNullable ? [...parts, { type: 'null' }] : parts
    return all.length === 1 ? all[0] : { anyOf: all }
  }

  function objectOf(type, where) {
    const name = nameOf(type)
    if (name === null) return plainObjectOf(type, where)
    const known = named.get(name)
    if (known === undefined) {
      const entry = { id: type.id, schema: {} }
      named.set(name, entry)
      entry.schema = plainObjectOf(type, name)
    } else if (known.id !== type.id) throw new Error(`${where}: there are two types with the name ${name}`)
    return { $ref: `#/components/schemas/${name}` }
  }

  /** Of a type that is not generic; null for others. */
  function nameOf(type) {
    if (type.getAliasTypeArguments().length > 0) return null
    const symbol = type.getAliasSymbol() ?? type.getSymbol()
    const isGeneric =
      type.isObjectType() && type.isTypeReference() && checker.getTypeArguments(type).length > 0
    return symbol === undefined || isGeneric || !/^[A-Z]\w*$/.test(symbol.name) ? null : symbol.name
  }

  function plainObjectOf(type, where) {
    const properties = {}
    const required = []
    for (const symbol of propertiesOf(type)) {
      const description = symbol.getDocumentationComment(checker).replaceAll(/\s+/g, ' ').trim()
      const schema = schemaOf(typeOf(symbol), `${where}.${symbol.name}`)
      properties[symbol.name] = { ...schema, ...(description === '' ? {} : { description }) }
      if (!(symbol.flags & optionalSymbol)) required.push(symbol.name)
    }
    const [index] = checker.getIndexInfosOfType(type)
    return {
      type: 'object',
      ...(Object.keys(properties).length === 0 ? {} : { properties }),
      ...(required.length === 0 ? {} : { required }),
      ...(index === undefined ? {} : { additionalProperties: schemaOf(index.valueType, `${where}.*`) }),
    }
  }
}
