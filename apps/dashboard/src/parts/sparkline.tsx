const width = 96
const height = 24
const gap = 1

/** A row of small bars, the latest on the right; empty without usage. */
export function Sparkline({ values, label }: { readonly values: readonly number[]; readonly label: string }) {
  const most = Math.max(...values, 0)
  if (most === 0) return <span className="spark-none" aria-hidden="true" />
  const step = width / values.length
  return (
    <svg
      className="spark"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      {values.map((value, index) => {
        const tall = value === 0 ? 1 : Math.max(2, (value / most) * height)
        return (
          <rect
            key={index}
            x={index * step}
            y={height - tall}
            width={Math.max(step - gap, 1)}
            height={tall}
            className={value === 0 ? 'spark-zero' : 'spark-bar'}
          />
        )
      })}
    </svg>
  )
}
