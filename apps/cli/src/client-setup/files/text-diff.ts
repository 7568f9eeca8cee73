/** A line of a difference. */
export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed'
  readonly text: string
}

/** Lines on either side of a change that are shown. */
const contextLines = 2
/** Beyond so many pairs of lines, what changed is shown as one block. */
const maxPairs = 4_000_000

/** What changes between two texts, with a little of what stays around it. Empty where nothing does. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const old = linesOf(before)
  const young = linesOf(after)
  const head = commonLines(old, young)
  const tail = Math.min(
    commonLines(old.toReversed(), young.toReversed()),
    Math.min(old.length, young.length) - head,
  )
  const middle = changes(old.slice(head, old.length - tail), young.slice(head, young.length - tail))
  const same = (text: string): DiffLine => ({ kind: 'same', text })
  const all = [...old.slice(0, head).map(same), ...middle, ...old.slice(old.length - tail).map(same)]
  return all.filter((line, index) => {
    const near = all.slice(Math.max(0, index - contextLines), index + contextLines + 1)
    return line.kind !== 'same' || near.some(({ kind }) => kind !== 'same')
  })
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

function commonLines(a: readonly string[], b: readonly string[]): number {
  const first = a.findIndex((line, index) => line !== b[index])
  return first === -1 ? a.length : first
}

/** By the longest common subsequence. */
function changes(old: readonly string[], young: readonly string[]): readonly DiffLine[] {
  const removed = (text: string): DiffLine => ({ kind: 'removed', text })
  const added = (text: string): DiffLine => ({ kind: 'added', text })
  if (old.length * young.length > maxPairs) return [...old.map(removed), ...young.map(added)]
  const width = young.length + 1
  const lengths = new Uint32Array((old.length + 1) * width)
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0
  for (let row = old.length - 1; row >= 0; row -= 1)
    for (let column = young.length - 1; column >= 0; column -= 1)
      lengths[row * width + column] =
        old[row] === young[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1))
  const lines: DiffLine[] = []
  let row = 0
  let column = 0
  while (row < old.length || column < young.length) {
    const [left, right] = [old[row], young[column]]
    if (left !== undefined && left === right) {
      lines.push({ kind: 'same', text: left })
      row += 1
      column += 1
    } else if (left !== undefined && (right === undefined || at(row + 1, column) >= at(row, column + 1))) {
      lines.push(removed(left))
      row += 1
    } else {
      lines.push(added(right ?? ''))
      column += 1
    }
  }
  return lines
}
