/**
 * @typedef {{ readonly url: string, readonly lookedUpOn: string }} Source
 * @typedef {{
 *   readonly name: string
 *   readonly vendor: string
 *   readonly timeZone: string
 *   readonly note: string
 *   readonly sources: readonly Source[]
 *   readonly limits: readonly object[]
 * }} Preset
 * @typedef {{ readonly models: string, readonly limits: string }} PresetLine
 */

const intro = `# Presets

Made from \`packages/vendors/src/presets\` by \`node scripts/write-docs.mjs\`. Change the figures there.

A preset is the limits of a vendor's tier as known on a day. A key gets one by \`preset: groq/free\` in the
[configuration](configuration.md), by \`qk providers add groq_2 --vendor groq --preset groq/free\`, or on the page.
Without \`--preset\` it is the free tier of its vendor; \`--preset none\` leaves it out. Of several keys of one account put
the preset on their pool: \`--pool groq-keys\`. \`qk providers presets\` prints the figures below.

**When the figures change.** Vendors change their tiers, and a release of Quotakeeper brings the new figures. At the next
start each limit that still has the former figure of its preset gets the new one, new limits are added, those that the
preset no longer has are removed, and the log names them. Limits that you have changed stay, and so do all counters. A preset in the configuration file is
applied at each start. In between, what a vendor reports of its limits is shown beside ours, and its refusals are obeyed
whatever a preset says: see [the rules of counting](counting.md).

Calendar windows begin in the time zone named; rolling ones (\`in 60 s\`, \`in 24 h\`) have no start. "Each model" has a
counter of its own for each model.
`

/**
 * The page of presets.
 *
 * @param {{
 *   presets: readonly Preset[]
 *   linesOf: (preset: Preset) => readonly PresetLine[]
 *   titleOf: (vendor: string) => string
 * }} input
 * @returns {{ readonly page: string, readonly faults: readonly string[] }} `faults`: presets without source or note
 */
export function presetsPage({ presets, linesOf, titleOf }) {
  const faults = presets.flatMap(({ name, note, sources }) => [
    ...(sources.length === 0 ? [`${name} has no source`] : []),
    ...(note === '' ? [`${name} has no note`] : []),
  ])
  const sections = presets.map(preset =>
    [
      `## ${titleOf(preset.vendor)}: ${preset.name}`,
      tableOf(linesOf(preset)),
      `Time zone: ${preset.timeZone}. ${preset.note.replace(/\*/g, '\\*')}`,
      ['Sources:', ...preset.sources.map(({ url, lookedUpOn }) => `- <${url}>, read on ${lookedUpOn}`)].join(
        '\n',
      ),
    ].join('\n\n'),
  )
  return { page: `${[intro.trimEnd(), ...sections].join('\n\n')}\n`, faults }
}

/** @param {readonly PresetLine[]} lines */
function tableOf(lines) {
  const rows = lines.map(({ models, limits }) => `| ${models.replaceAll('*', '\\*')} | ${limits} |`)
  return ['| models | at most |', '|---|---|', ...rows].join('\n')
}
