import { fieldOf } from '../../json-value.js'

/**
 * Whether an item stands for a conversation that was shortened, encrypted so that its maker alone can read it. Unlike
 * reasoning it cannot be left out: what came before is nowhere else.
 */
export function isCompaction(item: unknown): boolean {
  return fieldOf(item, 'type') === 'compaction'
}
