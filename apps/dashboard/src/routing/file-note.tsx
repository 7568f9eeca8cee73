import type { RoutingSettings } from './routing-draft.js'

/** Says that the configuration file makes a setting, and whether another one is stored. */
export function FileNote({
  base,
  field,
}: {
  readonly base: RoutingSettings
  readonly field: keyof RoutingSettings['managedBy']
}) {
  if (base.managedBy[field] !== 'file') return null
  const file = base.configFile ?? 'the configuration file'
  return (
    <p className="hint">
      Managed by <code>{file}</code>: change it there. The file is read again when it changes.
      {base.overridden.includes(field) && ' A setting that was saved here before is not used.'}
    </p>
  )
}
