/** A part of each bar of a chart. */
export interface Layer {
  readonly name: string
  readonly values: readonly number[]
}

/** Layers that have a colour of their own; all further ones are one. */
const maxLayers = 5

/** A named value at one time. */
interface NamedValue {
  /** Epoch milliseconds. */
  readonly atMs: number
  readonly name: string
  readonly value: number
}

/** The layers of a chart over some times, the largest first; of more than five names, all but the largest four are `others`. */
export function layersOf(
  times: readonly number[],
  values: readonly NamedValue[],
  others: string,
): readonly Layer[] {
  const places = new Map(times.map((atMs, place) => [atMs, place]))
  const byName = new Map<string, number[]>()
  for (const { atMs, name, value } of values) {
    const place = places.get(atMs)
    if (place === undefined || value === 0) continue
    const layer = byName.get(name) ?? times.map(() => 0)
    layer[place] = (layer[place] ?? 0) + value
    byName.set(name, layer)
  }
  const layers = [...byName]
    .map(([name, layer]): Layer => ({ name, values: layer }))
    .toSorted((left, right) => sumOf(right.values) - sumOf(left.values))
  if (layers.length <= maxLayers) return layers
  const own = layers.slice(0, maxLayers - 1)
  const rest = layers.slice(maxLayers - 1)
  const restValues = times.map((_, place) => rest.reduce((sum, layer) => sum + (layer.values[place] ?? 0), 0))
  return [...own, { name: others, values: restValues }]
}

/** The upper edge of each layer, the lowest layer first. */
export function upperEdges(layers: readonly Pick<Layer, 'values'>[]): readonly (readonly number[])[] {
  const edges: (readonly number[])[] = []
  for (const { values } of layers) {
    const below = edges.at(-1)
    edges.push(below === undefined ? values : values.map((value, place) => value + (below[place] ?? 0)))
  }
  return edges
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
