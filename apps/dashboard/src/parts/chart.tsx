import { useEffect, useRef } from 'react'
import UPlot from 'uplot'

interface ChartProps {
  /** Epoch seconds, ascending. */
  readonly times: readonly number[]
  readonly values: readonly number[]
  readonly label: string
  /** Formats a value. */
  readonly write: (value: number) => string
  /** Formats a time on the axis. */
  readonly writeTime: (seconds: number) => string
}

const height = 180
const markSpacePx = 92
/** Steps of the value axis; counts are whole units. */
const steps = Array.from({ length: 15 }, (_, power) => [1, 2, 5].map(digit => digit * 10 ** power)).flat()

/** A bar chart over time. A table beside it has the same figures, for screen readers. */
export function Chart({ times, values, label, write, writeTime }: ChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const data: UPlot.AlignedData = [[...times], [...values]]
  const drawing = useRef({ write, writeTime })
  drawing.current = { write, writeTime }
  const plot = useRef<UPlot | null>(null)
  const latest = useRef(data)
  latest.current = data

  useEffect(() => {
    const element = place.current
    if (element === null) return
    const draw = (): void => {
      plot.current?.destroy()
      plot.current = new UPlot(
        chartOptions(element, {
          write: value => drawing.current.write(value),
          writeTime: seconds => drawing.current.writeTime(seconds),
        }),
        latest.current,
        element,
      )
    }
    const watcher = new ResizeObserver(draw)
    watcher.observe(element)
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    const theme = new MutationObserver(draw)
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    scheme.addEventListener('change', draw)
    return () => {
      watcher.disconnect()
      theme.disconnect()
      scheme.removeEventListener('change', draw)
      plot.current?.destroy()
      plot.current = null
    }
  }, [])

  const key = JSON.stringify(data)
  useEffect(() => plot.current?.setData(latest.current), [key])

  return <div ref={place} className="chart" role="img" aria-label={label} />
}

function chartOptions(
  element: HTMLElement,
  { write, writeTime }: Pick<ChartProps, 'write' | 'writeTime'>,
): UPlot.Options {
  // Read from the style sheet as properties that resolve to the current theme's colours.
  const { color: ink, fill: accent, borderTopColor: line } = getComputedStyle(element)
  const axis = { stroke: ink, font: '12px system-ui', ticks: { show: false } }
  const bars = UPlot.paths.bars?.({ size: [0.7, 48], align: 0 })
  return {
    width: element.clientWidth,
    height,
    cursor: { drag: { x: false, y: false }, points: { show: false } },
    legend: { show: false },
    scales: { x: { time: false, range: paddedRange }, y: { range: (_plot, _least, most) => [0, most || 1] } },
    axes: [
      {
        ...axis,
        size: 28,
        grid: { show: false },
        splits: somePoints,
        values: (_plot, ticks) => ticks.map(writeTime),
      },
      {
        ...axis,
        size: 48,
        incrs: steps,
        grid: { stroke: line, width: 1 },
        values: (_plot, ticks) => ticks.map(write),
      },
    ],
    series: [
      {},
      {
        fill: accent,
        stroke: accent,
        width: 0,
        points: { show: false },
        ...(bars && { paths: bars }),
      },
    ],
  }
}

/** Axis marks at bars, as many as fit. */
function somePoints(plot: UPlot, _axis: number, least: number, most: number): number[] {
  const apart = ((most - least) / Math.max(1, plot.width)) * markSpacePx
  const marked: number[] = []
  for (const time of plot.data[0]) {
    if (time - (marked.at(-1) ?? Number.NEGATIVE_INFINITY) >= apart) marked.push(time)
  }
  return marked
}

/** Adds room for the first and the last bar. */
function paddedRange(plot: UPlot, least: number, most: number): UPlot.Range.MinMax {
  const count = plot.data[0].length
  const step = count > 1 ? (most - least) / (count - 1) : 3_600
  return [least - step / 2, most + step / 2]
}
