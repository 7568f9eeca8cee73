import { describe, expect, it } from 'vitest'
import { bar } from './bar.js'
import { plain } from './paint.js'
import { tableLines } from './table.js'
import { cutTo, stripControls, widthOf } from './text-width.js'

describe('tableLines', () => {
  const columns = [
    { header: 'NAME', mayShrink: true },
    { header: 'N', align: 'right', dropFirst: 1 },
    { header: 'END' },
  ] as const

  it('aligns wide characters by terminal cells', () => {
    const lines = tableLines({
      columns,
      rows: [
        ['日本', '1', 'x'],
        ['abcd', '22', 'y'],
      ],
      width: null,
      paint: plain,
    })
    expect(lines).toEqual(['NAME   N  END', '日本   1  x', 'abcd  22  y'])
  })

  it('never exceeds the width: drops columns, then truncates text', () => {
    const rows = [['a-rather-long-name', '1,000,000', 'end']]
    for (let width = 13; width < 50; width += 1) {
      for (const line of tableLines({ columns, rows, width, paint: plain }))
        expect(widthOf(line)).toBeLessThanOrEqual(width)
    }
    expect(tableLines({ columns, rows, width: 20, paint: plain })[1]).toBe('a-rather-long-…  end')
  })
})

describe('text', () => {
  it('is truncated between grapheme clusters', () => {
    expect(cutTo('日本語', 5)).toBe('日本…')
    expect(cutTo('👩‍👩‍👧ab', 3)).toBe('👩‍👩‍👧…')
    expect(cutTo('abc', 3)).toBe('abc')
  })

  it('has no terminal control characters', () => {
    expect(stripControls('a\u001b[2Jb\rc\u202ed')).toBe('a\ufffd[2Jb\ufffdc\ufffdd')
  })
})

describe('bar', () => {
  it.each([
    [{ spent: 0, held: 0, max: 10 }, '░░░░'],
    [{ spent: 1, held: 0, max: 1_000 }, '█░░░'],
    [{ spent: 999, held: 0, max: 1_000 }, '███░'],
    [{ spent: 5, held: 3, max: 10 }, '██▒░'],
    [{ spent: 12, held: 0, max: 10 }, '████'],
    [{ spent: 0, held: 0, max: 0 }, '████'],
  ])('shows any amount above 0, and is full only if the limit is: %o', (filling, drawn) => {
    expect(bar(filling, 4)).toBe(drawn)
  })
})
