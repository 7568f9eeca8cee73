/** A consumer and the name of its parent. */
interface Node {
  readonly name: string
  readonly parent?: string | undefined
}

/** The level of a consumer, 1 without a parent; null in a cycle of parents. Parents that are not listed count as none. */
export function levelIn(consumer: Node, byName: ReadonlyMap<string, Node>): number | null {
  let level = 1
  let parent = consumer.parent === undefined ? undefined : byName.get(consumer.parent)
  while (parent !== undefined) {
    level++
    if (level > byName.size) return null
    parent = parent.parent === undefined ? undefined : byName.get(parent.parent)
  }
  return level
}

/** The same where there are no cycles. */
export function levelOf(consumer: Node, byName: ReadonlyMap<string, Node>): number {
  const level = levelIn(consumer, byName)
  if (level === null) throw new Error(`consumer "${consumer.name}" is below itself`)
  return level
}
