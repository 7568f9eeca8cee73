import type { Conversation, Item, Part } from './conversation.js'

/** Whether a request has cache control, which vendors of other dialects do not support. */
export function hasCacheControl({ items, tools }: Conversation): boolean {
  return tools.some(tool => isMark(tool.cacheControl)) || items.some(item => partsOf(item).some(isMarked))
}

function partsOf(item: Item): readonly Part[] {
  return item.type === 'message' || item.type === 'result' ? item.parts : []
}

function isMarked(part: Part): boolean {
  return 'cacheControl' in part && isMark(part.cacheControl)
}

function isMark(mark: unknown): boolean {
  return mark !== null && mark !== undefined
}
