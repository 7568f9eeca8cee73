import UPlot from 'uplot'

interface Drawing {
  /** Of the layers, the lowest first. */
  readonly colours: readonly string[]
  /** What is to be drawn now. */
  readonly current: () => {
    /** Times, bars of the period before where there are any, and the upper edges of the layers, the highest first. */
    readonly data: UPlot.AlignedData
    readonly hasBefore: boolean
    readonly write: (value: number) => string
    readonly writeTime: (seconds: number) => string
  }
  /** Called with the point that the pointer or the slider is on; null when the pointer has left. */
  readonly onPoint: (place: number | null) => void
}

const height = 180
const markSpacePx = 92
/** Room for half of the last mark. */
const sidePx = 24
/** Steps of the value axis; counts are whole units. */
const steps = Array.from({ length: 15 }, (_, power) => [1, 2, 5].map(digit => digit * 10 ** power)).flat()

/** Draws bars into the element, whose style gives the colours of the axes. */
export function drawChart(element: HTMLElement, { colours, current, onPoint }: Drawing): UPlot {
  // Read from the style sheet as properties that resolve to the current theme's colours.
  const { color: ink, borderTopColor: line } = getComputedStyle(element)
  const { data, hasBefore } = current()
  const axis = { stroke: ink, font: '12px system-ui', ticks: { show: false } }
  const bars = (align: -1 | 0 | 1): UPlot.Series.PathBuilder | undefined =>
    UPlot.paths.bars?.({ size: align === 0 ? [0.7, 48] : [0.38, 24], align })
  const series = (fill: string, align: -1 | 0 | 1, stroke = fill, width = 0): UPlot.Series => {
    const paths = bars(align)
    return { fill, stroke, width, points: { show: false }, ...(paths && { paths }) }
  }
  const layerCount = data.length - 1 - (hasBefore ? 1 : 0)
  return new UPlot(
    {
      width: element.clientWidth,
      height,
      // The slider below relies on it.
      padding: [8, sidePx, 0, 0],
      cursor: { drag: { x: false, y: false }, points: { show: false }, y: false },
      hooks: {
        setCursor: [plot => onPoint(plot.cursor.idx ?? null)],
      },
      legend: { show: false },
      scales: {
        x: { time: false, range: paddedRange },
        y: { range: (_plot, _least, most) => [0, most || 1] },
      },
      axes: [
        {
          ...axis,
          size: 28,
          grid: { show: false },
          splits: somePoints,
          values: (_plot, ticks) => ticks.map(current().writeTime),
        },
        {
          ...axis,
          size: 48,
          incrs: steps,
          grid: { stroke: line, width: 1 },
          values: (_plot, ticks) => ticks.map(current().write),
        },
      ],
      series: [
        {},
        ...(hasBefore ? [series('transparent', -1, ink, 1)] : []),
        ...Array.from({ length: layerCount }, (_, index) =>
          series(colours[layerCount - 1 - index] ?? ink, hasBefore ? 1 : 0),
        ),
      ],
    },
    data,
    element,
  )
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
