import { type CSSProperties, useEffect, useRef, useState } from 'react'
import type UPlot from 'uplot'
import { type Layer, upperEdges } from '../show/layers.js'
import { useLanguage } from '../texts/language-provider.js'
import { drawChart } from './draw-chart.js'

interface ChartProps {
  /** Epoch seconds, ascending; at least one. */
  readonly times: readonly number[]
  /** The parts of the bars, the lowest first. */
  readonly layers: readonly Layer[]
  /** Bars beside them, of the period before; null for none. */
  readonly before: readonly number[] | null
  readonly label: string
  /** Formats a value. */
  readonly write: (value: number) => string
  /** Formats a time on the axis. */
  readonly writeTime: (seconds: number) => string
  /** The values of a point in time, in words. */
  readonly describe: (place: number) => string
}

/**
 * A bar chart over time. The values of a point are shown while the pointer is on it, and when it is chosen with the
 * slider below, also by arrow keys. A table beside it has the same figures.
 */
export function Chart({ times, layers, before, label, write, writeTime, describe }: ChartProps) {
  const { t } = useLanguage()
  const place = useRef<HTMLDivElement>(null)
  const legend = useRef<HTMLUListElement>(null)
  const plot = useRef<UPlot | null>(null)
  const [point, setPoint] = useState<number | null>(null)
  const edges = upperEdges(layers)
  const data: UPlot.AlignedData = [
    [...times],
    ...(before === null ? [] : [[...before]]),
    // The highest first, so that each lower one is drawn over it.
    ...edges.toReversed().map(edge => [...edge]),
  ]
  const latest = useRef({ data, write, writeTime, hasBefore: before !== null })
  latest.current = { data, write, writeTime, hasBefore: before !== null }

  const seriesKey = `${before === null} ${layers.map(({ name }) => name).join('\n')}`
  useEffect(() => {
    const element = place.current
    if (element === null) return
    const draw = (): void => {
      plot.current?.destroy()
      plot.current = drawChart(element, {
        colours: coloursOf(legend.current),
        current: () => latest.current,
        onPoint: setPoint,
      })
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
  }, [seriesKey])

  const key = JSON.stringify(data)
  useEffect(() => {
    const drawn = plot.current
    // Another number of series is drawn anew above.
    if (drawn !== null && drawn.series.length === latest.current.data.length)
      drawn.setData(latest.current.data)
  }, [key])

  const last = times.length - 1
  const shown = Math.min(point ?? last, last)
  const choose = (chosen: number): void => {
    setPoint(chosen)
    const drawn = plot.current
    drawn?.setCursor({ left: drawn.valToPos(times[chosen] ?? 0, 'x'), top: 0 })
  }
  return (
    <>
      <div ref={place} className="chart" role="img" aria-label={label} />
      <input
        type="range"
        className="chart-slider"
        aria-label={t('usage.pointInTime')}
        aria-valuetext={describe(shown)}
        min={0}
        max={last}
        value={shown}
        onChange={event => choose(Number(event.target.value))}
        onFocus={() => choose(shown)}
        // A property that the style sheet reads, which React's types do not know.
        style={{ '--points': times.length } as CSSProperties}
      />
      {/* The slider says the same to screen readers. */}
      <p className="chart-values" aria-hidden="true">
        {describe(shown)}
      </p>
      <ul ref={legend} className="chart-legend" hidden={layers.length < 2 && before === null}>
        {layers.map(({ name }) => (
          <li key={name}>
            <span className="swatch" />
            {name}
          </li>
        ))}
        {before !== null && (
          <li>
            <span className="swatch swatch-before" />
            {t('usage.periodBefore')}
          </li>
        )}
      </ul>
    </>
  )
}

/** The colours of the layers as the style sheet resolves them for the current theme. */
function coloursOf(legend: HTMLUListElement | null): readonly string[] {
  return [...(legend?.querySelectorAll('.swatch') ?? [])].map(
    swatch => getComputedStyle(swatch).backgroundColor,
  )
}
