import { isSealed } from '../answer/carried.js'
import { fieldOf, isObject, type JsonObject } from '../json/json-value.js'

/**
 * Removes carried fields of other vendors from a request for a vendor of the client's own dialect, which would refuse
 * foreign tokens. Returns the same object if there are none.
 */
export function withoutCarried(dialect: 'responses' | 'messages', body: JsonObject): JsonObject {
  if (dialect === 'responses')
    return withList(body, 'input', items =>
      items.filter(item => !isSealed(fieldOf(item, 'encrypted_content'))),
    )
  return withList(body, 'messages', messages => messages.flatMap(withoutForeignBlocks))
}

/** A message with only such thinking is removed. */
function withoutForeignBlocks(message: unknown): readonly unknown[] {
  if (!isObject(message)) return [message]
  const kept = withList(message, 'content', blocks => blocks.filter(block => !isForeign(block)))
  const content = fieldOf(kept, 'content')
  return kept !== message && Array.isArray(content) && content.length === 0 ? [] : [kept]
}

/** Thinking without a signature would be refused too. */
function isForeign(block: unknown): boolean {
  const signature = fieldOf(block, 'signature')
  return isSealed(signature) || (fieldOf(block, 'type') === 'thinking' && signature === '')
}

function withList(
  body: JsonObject,
  field: string,
  change: (list: readonly unknown[]) => readonly unknown[],
): JsonObject {
  const list = fieldOf(body, field)
  if (!Array.isArray(list)) return body
  const changed = change(list)
  const isSame = changed.length === list.length && changed.every((element, place) => element === list[place])
  return isSame ? body : { ...body, [field]: changed }
}
